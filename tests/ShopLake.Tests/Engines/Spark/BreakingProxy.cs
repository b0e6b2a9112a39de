using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ShopLake.Tests.Engines.Spark;

/// <summary>Stands between the client and a server, and breaks connections after so many bytes of the server's.</summary>
internal sealed class BreakingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<Socket> _sockets = new();
    private readonly Uri _target;
    private readonly Func<int, long?> _bytesUntilBreak;
    private readonly Thread _accepting;
    private int _breaks;

    /// <param name="target">Where the server listens.</param>
    /// <param name="bytesUntilBreak">Told which connection it is, from 0 on; null where it is to stand.</param>
    public BreakingProxy(string target, Func<int, long?> bytesUntilBreak)
    {
        _target = new Uri(target);
        _bytesUntilBreak = bytesUntilBreak;
        _listener.Start();
        _accepting = new Thread(Accept) { IsBackground = true };
        _accepting.Start();
    }

    public string Url => $"sc://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>How many were broken.</summary>
    public int Breaks => _breaks;

    public void Dispose()
    {
        _listener.Dispose();
        _accepting.Join();
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }
    }

    private void Accept() => UntilTheEnd(() =>
    {
        for (int connection = 0; ; connection++)
        {
            Socket client = _listener.AcceptSocket();
            var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
            _sockets.Enqueue(client);
            _sockets.Enqueue(server);
            server.Connect(_target.Host, _target.Port);
            Pump(client, server, limit: null);
            Pump(server, client, _bytesUntilBreak(connection));
        }
    });

    /// <summary>Carries bytes until there are no more, or until the limit; then ends both sides.</summary>
    private void Pump(Socket from, Socket to, long? limit) => new Thread(() =>
    {
        UntilTheEnd(() =>
        {
            byte[] buffer = new byte[16 * 1024];
            long left = limit ?? long.MaxValue;
            while (left > 0 && from.Receive(buffer) is var count and > 0)
            {
                int passed = (int)Math.Min(count, left);
                left -= passed;
                for (int sent = 0; sent < passed;)
                {
                    sent += to.Send(buffer.AsSpan(sent, passed - sent));
                }
            }

            if (left == 0)
            {
                Interlocked.Increment(ref _breaks);
            }
        });
        // Without a lingering end the other side sees a reset, as when a machine goes away.
        from.Close(timeout: 0);
        to.Close(timeout: 0);
    })
    { IsBackground = true }.Start();

    /// <summary>Either side, and the test, may end a connection at any time.</summary>
    private static void UntilTheEnd(Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return;
        }
    }
}
