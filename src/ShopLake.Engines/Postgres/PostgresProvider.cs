using ShopLake.Bronze;
using ShopLake.Configuration;
using ShopLake.Models;
using ShopLake.Run;

namespace ShopLake.Engines.Postgres;

/// <summary>PostgreSQL's warehouses: the live one in schemas of their plain names, states of the past in schemas beside it.</summary>
internal sealed class PostgresProvider : IEngineProvider
{
    public string Name => "postgres";

    public string About => $"a server of your own, 15 or later; url or {PostgresTarget.Variable} says where";

    public string Version(LakeConfiguration? configuration)
    {
        using var connection = PostgresSession.Connect(PostgresTarget.Of(configuration));
        return PostgresSession.VersionOf(connection);
    }

    public IEngine Open(LakeConfiguration configuration) => Open(configuration, prefix: "");

    public IEngine OpenScratch(LakeConfiguration configuration) =>
        PostgresEngine.OpenScratch(PostgresTarget.Of(configuration), Functions(configuration));

    public IEngine OpenAsOf(LakeConfiguration configuration, long sequence) =>
        Open(configuration, AsOfPrefix(sequence));

    public IWarehouseReader OpenReader(LakeConfiguration configuration) =>
        PostgresReader.Open(PostgresTarget.Of(configuration), LakeOf(configuration), prefix: "");

    public IWarehouseReader OpenAsOfReader(LakeConfiguration configuration, long sequence) =>
        PostgresReader.Open(PostgresTarget.Of(configuration), LakeOf(configuration), AsOfPrefix(sequence));

    public string WarehouseOf(LakeConfiguration configuration) =>
        $"the schemas {string.Join(", ", PostgresPlaces.TableSchemas)} of the database {PostgresTarget.Of(configuration).Database}";

    private static PostgresEngine Open(LakeConfiguration configuration, string prefix) => PostgresEngine.Open(
        PostgresTarget.Of(configuration), Functions(configuration), LakeOf(configuration), prefix);

    private static string LakeOf(LakeConfiguration configuration) => Ledger.Open(configuration.Lake).Identity;

    private static string Functions(LakeConfiguration configuration) => ModelVocabulary.Functions("postgres", configuration);

    private static string AsOfPrefix(long sequence) => FormattableString.Invariant($"asof_{sequence:D12}_");
}
