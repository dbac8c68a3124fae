using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Cms.Actors;
using Cms.Gateways.Http;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Cms.Gateways.Limits;

/// <summary>Closes connections that are too many, in all or from one address, before anything is read from them, and those that nobody reads from.</summary>
/// <remarks>
/// Any thread may call. Administrators on the Unix socket are not counted: who fills the node does not lock out who mends it. On that
/// socket other users are counted by their uid.
/// </remarks>
internal sealed class ConnectionLimits(DoorOptions options, uint daemonUserId)
{
    private static readonly Meter Meter = new("Cms.Connections");
    private static readonly UpDownCounter<long> Open = Meter.CreateUpDownCounter<long>("cms.connections", "{connection}", "Connections that are open, by the way they came.");
    private static readonly Counter<long> Refused = Meter.CreateCounter<long>("cms.connections.refused", "{connection}", "Connections closed at once, since there were too many.");
    private readonly TimeSpan? _patience = PatienceOf(options);
    private readonly Lock _lock = new();
    private readonly Dictionary<Source, int> _bySource = [];
    private int _count;

    /// <summary>Stands in front of whatever reads from a connection.</summary>
    public ConnectionDelegate InFrontOf(ConnectionDelegate next) => async connection =>
    {
        var isUnix = connection.Features.Get<IConnectionSocketFeature>()?.Socket.AddressFamily == AddressFamily.Unix;
        var source = SourceOf(connection);
        if (source is { } counted && !TryEnter(counted))
        {
            Refused.Add(1);
            return;
        }

        var way = new KeyValuePair<string, object?>("listener", isUnix ? "unix" : "tcp");
        Open.Add(1, way);
        if (_patience is { } patience)
        {
            connection.Transport = new Patient(connection.Transport.Input, new PatientWriter(connection.Transport.Output, connection, patience));
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Open.Add(-1, way);
            if (source is { } entered)
            {
                Leave(entered);
            }
        }
    };

    // How long the slowest reader takes for what waits in the buffers of his connection.
    private static TimeSpan? PatienceOf(DoorOptions options) => options.MinBytesPerSecond == 0 ? null
        : TimeSpan.FromSeconds(Math.Max(options.SlowSeconds, (double)PatientWriter.PieceBytes / options.MinBytesPerSecond));

    private Source? SourceOf(ConnectionContext connection)
    {
        if (connection.RemoteEndPoint is IPEndPoint { Address: var address })
        {
            return new Source(IsUnix: false, AddressKey.Of(address));
        }

        return connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket && PeerCredentials.Of(socket) is { UserId: var user }
            ? user == 0 || user == daemonUserId ? null : new Source(IsUnix: true, user)
            : new Source(IsUnix: true, ulong.MaxValue);
    }

    private bool TryEnter(Source source)
    {
        lock (_lock)
        {
            var those = _bySource.GetValueOrDefault(source);
            if (_count >= options.MaxConnections || those >= options.MaxConnectionsPerAddress)
            {
                return false;
            }

            _count++;
            _bySource[source] = those + 1;
            return true;
        }
    }

    private void Leave(Source source)
    {
        lock (_lock)
        {
            _count--;
            if (--_bySource[source] == 0)
            {
                _bySource.Remove(source);
            }
        }
    }

    private sealed record Patient(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private readonly record struct Source(bool IsUnix, ulong Key);
}
