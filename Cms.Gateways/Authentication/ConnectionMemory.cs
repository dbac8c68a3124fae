using Cms.Formats.Modules;
using Cms.Gateways.Requests;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Authentication;

/// <summary>Who was found at the other end of a connection, so that its further requests cost next to nothing.</summary>
/// <remarks>Requests of one connection may run at the same time; what they find they replace whole.</remarks>
public sealed class ConnectionMemory
{
    private static readonly object Key = new();

    private volatile Remembered? _token;
    private volatile Caller? _certificate;

    /// <summary>The caller of the certificate that was shown when the connection was begun, or null.</summary>
    internal Caller? Certificate
    {
        get => _certificate;
        set => _certificate = value;
    }

    /// <summary>The caller of the last token.</summary>
    internal Remembered? Token
    {
        get => _token;
        set => _token = value;
    }

    /// <summary>Gives each connection of a listener its memory.</summary>
    /// <param name="listener">The listener.</param>
    public static void AddTo(IConnectionBuilder listener) => listener.Use(next => connection =>
    {
        connection.Items[Key] = new ConnectionMemory();
        return next(connection);
    });

    /// <summary>That of a request's connection; one for this request alone where the listener gave none.</summary>
    internal static ConnectionMemory Of(HttpContext context) =>
        context.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(Key, out var memory) == true ? (ConnectionMemory)memory! : new ConnectionMemory();

    /// <summary>What came of a token.</summary>
    /// <param name="Header">The header that it was in.</param>
    /// <param name="Revision">Of the module <c>access</c> then.</param>
    /// <param name="Identity">Who it is.</param>
    /// <param name="Caller">The caller, whose principal is the same object for each request.</param>
    internal sealed record Remembered(string Header, Revision Revision, Identity Identity, Caller Caller)
    {
        /// <summary>The header is a secret, and never printed.</summary>
        public override string ToString() => Identity.Name;
    }
}
