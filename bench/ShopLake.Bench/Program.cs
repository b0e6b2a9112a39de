using System.Globalization;

namespace ShopLake.Bench;

/// <summary>Measures ShopLake against floors: the least that the same result costs when written by hand.</summary>
public static class Program
{
    private const string Help = """
        Usage: dotnet run -c Release --project bench/ShopLake.Bench -- ingest [megabytes] [rounds]

        Ingests generated payments in each format and compares with the plain DuckDB statement that writes the same
        rows with the same columns (without record numbers where DuckDB has none).
        megabytes  size of the CSV file, 1024 when left out; other formats hold the same rows
        rounds     how often each path runs, interleaved with its floor; 5 when left out
        """;

    public static int Main(string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (arguments.Length == 0 || arguments[0] != "ingest")
        {
            Console.Error.WriteLine(Help);
            return 2;
        }

        using var bench = new IngestBench(Number(arguments, 1, 1024), Number(arguments, 2, 5));
        return bench.Run(Console.Out) ? 0 : 1;
    }

    private static int Number(string[] arguments, int position, int otherwise) =>
        arguments.Length > position ? int.Parse(arguments[position], CultureInfo.InvariantCulture) : otherwise;
}
