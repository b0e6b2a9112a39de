using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ShopLake.Tests.Support;

namespace ShopLake.Tests.Engines;

/// <summary>
/// A Spark of a test's own, which it may end as it likes. The program that starts it is told a folder for its state
/// (<c>SHOPLAKE_ENGINES_HOME</c>), a free port (<c>SHOPLAKE_SPARK_PORT</c>) and one for a master.
/// </summary>
internal sealed class SparkServer : IDisposable
{
    public const string Variable = "SHOPLAKE_SPARK_SCRIPT";
    public const string Local = "local";
    public const string Cluster = "cluster";

    private readonly TemporaryFolder _home;
    private readonly int _port = FreePort();
    private readonly int _masterPort = FreePort();

    private SparkServer(TemporaryFolder home) => _home = home;

    public static string? Script =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given : null;

    /// <summary>Its address.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Where it keeps the ids of its processes, each in a file <c>name.pid</c>, and their logs.</summary>
    public string Home => _home.Path;

    /// <param name="shape"><see cref="Local"/>: one process; <see cref="Cluster"/>: a master and two workers.</param>
    public static SparkServer Start(string shape)
    {
        var server = new SparkServer(new TemporaryFolder());
        try
        {
            // The tests' processes end without saying so; what they share is ended with them.
            AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Dispose();
            server.Begin(shape);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Starts it, also again after it was ended, under the same address.</summary>
    public void Begin(string shape) =>
        Url = Run("start", shape).Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Trim();

    public void End() => Run("stop");

    public void Dispose()
    {
        if (Directory.Exists(_home.Path))
        {
            End();
            _home.Dispose();
        }
    }

    private string Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Script!, arguments) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["SHOPLAKE_ENGINES_HOME"] = _home.Path;
        start.Environment["SHOPLAKE_SPARK_PORT"] = _port.ToString(CultureInfo.InvariantCulture);
        start.Environment["SHOPLAKE_SPARK_MASTER_PORT"] = _masterPort.ToString(CultureInfo.InvariantCulture);
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"{Script} {string.Join(' ', arguments)} failed: {output}");
        return output;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
