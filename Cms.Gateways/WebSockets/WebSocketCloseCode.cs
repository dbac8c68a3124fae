namespace Cms.Gateways.WebSockets;

/// <summary>Why a WebSocket is closed (RFC 6455, 7.4.1); <c>docs/api.md</c> says when each is used.</summary>
internal enum WebSocketCloseCode
{
    /// <summary>All was done.</summary>
    Normal = 1000,

    /// <summary>The daemon stops.</summary>
    GoingAway = 1001,

    /// <summary>What came is no WebSocket frame, or not in its place.</summary>
    ProtocolError = 1002,

    /// <summary>A binary message came.</summary>
    UnsupportedData = 1003,

    /// <summary>A text message is no UTF-8.</summary>
    InvalidText = 1007,

    /// <summary>The caller may not watch any more.</summary>
    PolicyViolation = 1008,

    /// <summary>A message is longer than messages may be.</summary>
    MessageTooBig = 1009,
}
