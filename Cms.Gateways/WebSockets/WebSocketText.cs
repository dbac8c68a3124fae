namespace Cms.Gateways.WebSockets;

/// <summary>A text message to send, in two parts, so that many connections share the one that is the same for all.</summary>
/// <param name="Head">UTF-8.</param>
/// <param name="Rest">UTF-8.</param>
internal readonly record struct WebSocketText(ReadOnlyMemory<byte> Head, ReadOnlyMemory<byte> Rest = default);
