using System.Security.Cryptography;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Signatures;
using Cms.Storage.Keys;

namespace Cms.Actors.Signatures;

/// <summary>Signs what is exported of modules whose schemas name a key by <c>sha_key</c>, and lets in only what is signed so.</summary>
/// <remarks>Any thread may call.</remarks>
public sealed class ModuleSigner
{
    private readonly SigningKeys _keys;

    internal ModuleSigner(SigningKeys keys) => _keys = keys;

    /// <summary>The name of the key that a module's exports are signed with; null for none.</summary>
    /// <param name="module">The module with its schema.</param>
    public static string? KeyOf(IModuleView module) => SchemaTable.TryReadSchema(module)?.Settings.ShaKey;

    /// <summary>Signs a module.</summary>
    /// <param name="key">The name of the key.</param>
    /// <param name="module">The module's name.</param>
    /// <param name="content">What is exported.</param>
    /// <param name="isDocument">Whether as a document; otherwise as UCI text.</param>
    /// <exception cref="RefusedException">The key cannot be had.</exception>
    public ModuleSignature Sign(string key, string module, IModuleView content, bool isDocument) =>
        new(key, Authenticate(key, module, content, isDocument, out var problem)
            ?? throw new RefusedException(ErrorCode.Unavailable, $"module {module} is exported signed by key '{key}', and {problem}"));

    /// <summary>What has to hold of a module when a text is imported into it: that the text is signed as the module's schema wants it.</summary>
    /// <param name="module">The module's name.</param>
    /// <param name="content">What the text says.</param>
    /// <param name="isDocument">Whether it is a document with types.</param>
    /// <param name="signature">The text of its signature; null when it has none.</param>
    /// <returns>A pure function of the module as it is when the import is decided.</returns>
    public Func<IModuleView, Refusal?> ConditionOf(string module, IModuleView content, bool isDocument, string? signature)
    {
        var problem = "";
        var given = signature is null ? null : ModuleSignature.TryParse(signature);
        var mac = given is null ? null : Authenticate(given.Key, module, content, isDocument, out problem);
        return current => KeyOf(current) is { } wanted && Judge(wanted) is { } why
            ? new Refusal(why.Code, $"module {module} takes imports signed by key '{wanted}' alone, and {why.Problem}; nothing was changed")
            : null;

        (ErrorCode Code, string Problem)? Judge(string wanted) =>
            signature is null ? (ErrorCode.Denied, $"this one has no signature: export it where that key is, by cms export {module}, and import that unchanged")
            : given is null ? (ErrorCode.Denied, "the signature of this one is none that this version knows")
            : given.Key != wanted ? (ErrorCode.Denied, $"this one is signed by key '{given.Key}'")
            : mac is null ? (ErrorCode.Unavailable, problem)
            : given.Is(mac) ? null
            : (ErrorCode.Denied, "this one is not as it was signed: its text, its form or the name of its module was changed, or the key here is another one of that name");
    }

    private byte[]? Authenticate(string name, string module, IModuleView content, bool isDocument, out string problem)
    {
        if (_keys.TryLoad(name, out problem) is not { } key)
        {
            return null;
        }

        var mac = CanonicalModule.Authenticate(key, module, content, isDocument);
        CryptographicOperations.ZeroMemory(key);
        return mac;
    }
}
