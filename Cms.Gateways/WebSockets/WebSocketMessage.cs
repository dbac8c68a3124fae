namespace Cms.Gateways.WebSockets;

/// <summary>A whole message, or a control frame.</summary>
/// <param name="Opcode">Text, Binary, Close, Ping or Pong.</param>
/// <param name="Payload">Unmasked; whoever made the message says how long it may be looked at.</param>
internal readonly record struct WebSocketMessage(WebSocketOpcode Opcode, ReadOnlyMemory<byte> Payload);
