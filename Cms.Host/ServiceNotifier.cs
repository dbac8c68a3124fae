using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Cms.Host;

/// <summary>Tells systemd that the daemon is ready, alive and stopping (sd_notify(3)); without systemd it tells nobody.</summary>
internal sealed class ServiceNotifier : IDisposable
{
    private readonly Action<string> _log;
    private readonly Socket? _socket;
    private readonly ITimer? _watchdog;

    /// <param name="environment">Answers a variable's name with its value or null.</param>
    /// <param name="clock">The time.</param>
    /// <param name="log">Told why systemd could not be told.</param>
    /// <param name="isAlive">Asked before each sign of life; false withholds it, and systemd restarts the daemon.</param>
    public ServiceNotifier(Func<string, string?> environment, TimeProvider clock, Action<string> log, Func<bool> isAlive)
    {
        _log = log;
        if (environment("NOTIFY_SOCKET") is not { Length: > 0 } path)
        {
            return;
        }

        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        _socket.Connect(new UnixDomainSocketEndPoint(path.StartsWith('@') ? "\0" + path[1..] : path));
        if (long.TryParse(environment("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0)
        {
            // Three signs of life in each period, so that one may be late.
            var period = TimeSpan.FromMicroseconds(microseconds / 3.0);
            _watchdog = clock.CreateTimer(_ => SendIf(isAlive()), null, period, period);
        }
    }

    /// <summary>The daemon serves requests.</summary>
    public void Ready() => Send("READY=1");

    /// <summary>The daemon finishes what it has taken.</summary>
    public void Stopping() => Send("STOPPING=1");

    /// <inheritdoc/>
    public void Dispose()
    {
        _watchdog?.Dispose();
        _socket?.Dispose();
    }

    private void SendIf(bool isAlive)
    {
        if (isAlive)
        {
            Send("WATCHDOG=1");
        }
    }

    private void Send(string state)
    {
        try
        {
            _socket?.Send(Encoding.ASCII.GetBytes(state));
        }
        catch (SocketException failure)
        {
            // Systemd may be restarting; a daemon that serves is not ended because nobody hears of it.
            _log(failure.Message);
        }
    }
}
