using System.Globalization;

namespace ShopLake.Bench;

/// <summary>Measures ShopLake against floors: the least that the same result costs when written by hand.</summary>
public static class Program
{
    private const string Help = """
        Usage: dotnet run -c Release --project bench/ShopLake.Bench -- <what> [numbers]

        ingest [megabytes] [rounds]
            Ingests generated payments in each format and compares with the plain DuckDB statement that writes the same
            rows with the same columns (without record numbers where DuckDB has none).
            megabytes  size of the CSV file, 1024 when left out; other formats hold the same rows
            rounds     how often each path runs, interleaved with its floor; 5 when left out
        build [orders] [rounds] [peers]
            Computes all of Silver and Gold of a simulated shop and compares with the same SQL as one script in DuckDB,
            and with other tools that run the same models (see bench/peers/README.md).
            orders     of the shop, ten events for each; 1000000 when left out
            rounds     how often each path runs, interleaved; 3 when left out
            peers      folder of the other tools; only the script is measured when left out
        update [orders] [rounds]
            What runs with little to do cost against a full build: a hundredth of new rows, the same on half the history, one
            late event, one new order, nothing new; and what verifying costs.
            orders     of the shop, ten events for each; 1000000 when left out
            rounds     how often each path runs, interleaved; 3 when left out
        commits [orders] [rounds]
            What it costs that the rows of a shop came in a commit for each file, against the same rows in few commits.
            orders     of the shop, ten events for each; 10000 when left out
            rounds     how often each path runs, interleaved; 3 when left out
        engine postgres|sqlite [orders] [rounds]
            What a full build and a hundredth of new rows cost on the engine, against the same SQL by hand; on PostgreSQL (whose
            programs must be installed) also COPY against psql.
            orders     of the shop, ten events for each; 100000 when left out
            rounds     how often each path runs, interleaved; 3 when left out
        engine spark [orders] [rounds]
            The same on the Spark that SHOPLAKE_SPARK names, which shares this machine's folders for temporary files, against
            the same SQL by hand there and against DuckDB.
        nothing-new <peers> [program] [rounds]
            A run with nothing new, as a whole process, and `dbt run` of the same models.
            peers      folder of the other tools
            program    the published one (dotnet publish src/ShopLake.Cli -o <folder>); the built one when left out
            rounds     how often both run, interleaved; 5 when left out
        dedup [millions] [rounds] [memory]
            Finds each event's first delivery by the models, and compares with one GROUP BY over the same Bronze rows.
            millions   of Bronze rows; 10 when left out
            rounds     how often both run, interleaved; 3 when left out
            memory     what DuckDB may hold before it spills; 4GB when left out
        memory [megabytes] [memory]
            Ingests a CSV file of that size and looks whether the process stays within its memory.
            megabytes  10000 when left out
            memory     1GB when left out; in MB or GB
        power-loss [states]
            Loses power during ingestion in so many ways, and looks whether each lake is sound and goes on.
            states     1000 when left out
        """;

    public static int Main(string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        switch (arguments.FirstOrDefault())
        {
            case "ingest":
                using (var bench = new IngestBench(Number(arguments, 1, 1024), Number(arguments, 2, 5)))
                {
                    return bench.Run(Console.Out) ? 0 : 1;
                }

            case "build":
                using (var bench = new BuildBench(
                    Number(arguments, 1, 1_000_000), Number(arguments, 2, 3), arguments.ElementAtOrDefault(3)))
                {
                    return bench.Run(Console.Out) ? 0 : 1;
                }

            case "update":
                using (var bench = new UpdateBench(
                    Number(arguments, 1, 1_000_000), Number(arguments, 2, 3), Console.Out.WriteLine))
                {
                    return bench.Run() ? 0 : 1;
                }

            case "commits":
                using (var bench = new CommitsBench(Number(arguments, 1, 10_000), Number(arguments, 2, 3), Console.Out.WriteLine))
                {
                    return bench.Run() ? 0 : 1;
                }

            case "engine" when arguments.ElementAtOrDefault(1) is "postgres" or "sqlite":
                using (var bench = new EngineBench(arguments[1], Number(arguments, 2, 100_000), Number(arguments, 3, 3), Console.Out))
                {
                    return bench.Run() ? 0 : 1;
                }

            case "engine" when arguments.ElementAtOrDefault(1) is "spark":
                using (var bench = new SparkBench(Number(arguments, 2, 100_000), Number(arguments, 3, 3), Console.Out))
                {
                    return bench.Run() ? 0 : 1;
                }

            case "nothing-new" when arguments.Length > 1:
                using (var bench = new NothingNewBench(arguments[1], arguments.ElementAtOrDefault(2), Number(arguments, 3, 5)))
                {
                    bench.Run(orders: 1_000, Console.Out);
                    return 0;
                }

            case "dedup":
                using (var bench = new DedupBench(
                    Number(arguments, 1, 10), Number(arguments, 2, 3), arguments.ElementAtOrDefault(3) ?? "4GB"))
                {
                    return bench.Run(Console.Out) ? 0 : 1;
                }

            case "memory":
                using (var bench = new MemoryBench(Number(arguments, 1, 10_000), arguments.ElementAtOrDefault(2) ?? "1GB"))
                {
                    return bench.Run(Console.Out) ? 0 : 1;
                }

            case "power-loss":
                using (var bench = new PowerLossBench(Number(arguments, 1, 1_000)))
                {
                    return bench.Run(Console.Out) ? 0 : 1;
                }

            default:
                Console.Error.WriteLine(Help);
                return 2;
        }
    }

    private static int Number(string[] arguments, int position, int otherwise) =>
        arguments.Length > position ? int.Parse(arguments[position], CultureInfo.InvariantCulture) : otherwise;
}
