using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ShopLake.Tests.Engines;

/// <summary>
/// A throw-away PostgreSQL on loopback, with a folder and a port of its own. It ends when this process does, however that ends:
/// a shell holds the server and waits on a pipe that only this process keeps open.
/// </summary>
internal sealed class PostgresCluster : IDisposable
{
    /// <summary>PostgreSQL refuses to run as root; there it runs as the user that its package has made.</summary>
    private const string Script = """
        trap '' INT TERM HUP # What ends a terminal's or a job's whole group must leave this to clear up.
        as_user() {
            if [ "$(id -u)" = 0 ]; then exec setpriv --reuid=postgres --regid=postgres --init-groups "$@"; else exec "$@"; fi
        }
        start() {
            ( as_user "$bin/postgres" -D "$folder/data" -p "$port" -c listen_addresses=127.0.0.1 -c max_connections=200 \
                -c unix_socket_directories= -c fsync=$fsync -c synchronous_commit=$fsync -c full_page_writes=$fsync \
                ) >> "$folder/log" 2>&1 &
            server=$!
            echo $server
        }
        if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; fi
        ( as_user "$bin/initdb" -D "$folder/data" -A trust -U shoplake -E UTF8 --locale=C -N ) > "$folder/log" 2>&1
        start
        while read -r _; do wait $server; sleep 1; start; done
        kill -QUIT $server 2> /dev/null
        wait $server
        rm -rf "$folder"
        """;

    private readonly Process _keeper;
    private readonly string _folder;

    private PostgresCluster(Process keeper, string folder, string connectionString)
    {
        (_keeper, _folder, ConnectionString) = (keeper, folder, connectionString);
        ProcessId = ReadProcessId();
    }

    /// <summary>The folder of the newest installed server's programs, or null.</summary>
    public static string? Programs { get; } = new[] { "/usr/lib/postgresql" }
        .Where(Directory.Exists)
        .SelectMany(Directory.EnumerateDirectories)
        .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int major) ? major : 0)
        .Select(folder => Path.Combine(folder, "bin"))
        .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
        .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));

    /// <summary>As a role that may do everything, to the database <c>postgres</c>.</summary>
    public string ConnectionString { get; }

    /// <summary>The server's first process.</summary>
    public int ProcessId { get; private set; }

    /// <param name="isDurable">Whether a commit is on disk before it is acknowledged, as in a server that is no test.</param>
    public static PostgresCluster Start(bool isDurable)
    {
        string folder = Directory.CreateTempSubdirectory("shoplake-test-postgres-").FullName;
        int port = FreePort();
        var keeper = Process.Start(new ProcessStartInfo("sh", ["-c", Script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment =
            {
                ["folder"] = folder, ["port"] = port.ToString(CultureInfo.InvariantCulture), ["bin"] = Programs,
                ["fsync"] = isDurable ? "on" : "off",
            },
        })!;
        string connectionString = $"Host=127.0.0.1;Port={port};Database=postgres;Username=shoplake;Pooling=false";
        var cluster = new PostgresCluster(keeper, folder, connectionString);
        cluster.WaitUntilReady();
        return cluster;
    }

    /// <summary>
    /// Kills the server as a failing machine would, with all its processes: one that outlives the first of them may still commit.
    /// </summary>
    public void Kill()
    {
        using var server = Process.GetProcessById(ProcessId);
        server.Kill(entireProcessTree: true);
    }

    /// <summary>Starts the server that was killed again, on what it left.</summary>
    public void Restart()
    {
        _keeper.StandardInput.WriteLine();
        ProcessId = ReadProcessId();
        WaitUntilReady();
    }

    public void Dispose()
    {
        _keeper.StandardInput.Close();
        _keeper.WaitForExit();
        _keeper.Dispose();
    }

    private int ReadProcessId() => int.Parse(_keeper.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);

    private void WaitUntilReady()
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                using var connection = new NpgsqlConnection(ConnectionString);
                connection.Open();
                return;
            }
            catch (NpgsqlException) when (attempt < 300 && !_keeper.HasExited)
            {
                Thread.Sleep(100);
            }
            catch (NpgsqlException exception)
            {
                string log = File.ReadAllText(Path.Combine(_folder, "log"));
                Dispose();
                throw new InvalidOperationException($"The test's own PostgreSQL did not start:\n{log}", exception);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
