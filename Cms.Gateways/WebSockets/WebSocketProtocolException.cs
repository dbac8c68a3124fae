namespace Cms.Gateways.WebSockets;

/// <summary>The peer broke the protocol; the connection is closed with this code and message.</summary>
/// <param name="code">Why.</param>
/// <param name="message">What was wrong, at most 123 bytes.</param>
internal sealed class WebSocketProtocolException(WebSocketCloseCode code, string message) : Exception(message)
{
    /// <summary>Why the connection is closed.</summary>
    public WebSocketCloseCode Code { get; } = code;
}
