namespace Cms.Gateways.Watching;

/// <summary>A text message that is to be sent: what belongs to one client, and behind it what many are sent.</summary>
/// <param name="Head">The beginning.</param>
/// <param name="Rest">The rest.</param>
internal readonly record struct SocketText(ReadOnlyMemory<byte> Head, ReadOnlyMemory<byte> Rest);
