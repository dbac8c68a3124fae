namespace Cms.Gateways.WebSockets;

/// <summary>What a frame is (RFC 6455, 5.2).</summary>
internal enum WebSocketOpcode : byte
{
    /// <summary>Goes on with a message that was begun.</summary>
    Continuation = 0,

    /// <summary>A message, or its beginning, of UTF-8.</summary>
    Text = 1,

    /// <summary>A message, or its beginning, of bytes.</summary>
    Binary = 2,

    /// <summary>The sender sends nothing any more.</summary>
    Close = 8,

    /// <summary>Asks for a pong.</summary>
    Ping = 9,

    /// <summary>Answers a ping, or is a sign of life.</summary>
    Pong = 10,
}
