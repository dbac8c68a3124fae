using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Cms.Cli.Yaml;
using Cms.Client.Documents;
using Cms.Formats.Refusals;
using Cms.Formats.Signatures;
using Cms.Formats.Uci;

namespace Cms.Cli.Transfer;

/// <summary>Modules as texts, in each of the formats. Pure.</summary>
internal static class TransferText
{
    /// <summary>The modules of a text.</summary>
    /// <param name="text">Must not change while the result is in use.</param>
    /// <param name="format">How it is written.</param>
    /// <param name="module">The name of the one module that it is to have, whatever it says itself; null when it names its modules.</param>
    /// <param name="otherwise">The name of the only module when the text does not say it; null for none.</param>
    /// <exception cref="RefusedException">It is malformed; the message names line and path.</exception>
    public static IReadOnlyList<ModuleDocument> Read(ReadOnlyMemory<byte> text, TransferFormat format, string? module, string? otherwise = null)
    {
        var documents = format switch
        {
            TransferFormat.Json => DocumentReader.Read(text.Span),
            TransferFormat.Yaml => ReadYaml(text.Span),
            _ => ReadUci(text, module),
        };
        module ??= documents is [{ Module: null }] ? otherwise : null;
        if (module is null)
        {
            return documents.Any(document => document.Module is null)
                ? throw new RefusedException(ErrorCode.InvalidArgument, "the text does not say which module it is; name the module, or give the document a member 'module'")
                : documents;
        }

        return documents.Count == 1
            ? [documents[0] with { Module = module }]
            : throw new RefusedException(
                ErrorCode.InvalidArgument, $"the text has {documents.Count} modules ({string.Join(", ", documents.Select(document => document.Module ?? "one without a name"))}); leave the name out to take all of them");
    }

    /// <summary>Writes modules.</summary>
    /// <param name="documents">At least one.</param>
    /// <param name="format">How.</param>
    /// <param name="isOne">Whether there is only one, which is written as itself instead of as a list of one.</param>
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<ModuleDocument> documents, TransferFormat format, bool isOne)
    {
        if (format == TransferFormat.Uci)
        {
            using var text = new MemoryStream();
            WriteUci(documents, text);
            return text.GetBuffer().AsMemory(0, (int)text.Length);
        }

        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, DocumentWriter.Style))
        {
            if (isOne)
            {
                DocumentWriter.Write(writer, documents[0]);
            }
            else
            {
                DocumentWriter.WriteAll(writer, documents);
            }
        }

        json.Write("\n"u8);
        return format == TransferFormat.Json ? json.WrittenMemory : ToYaml(json.WrittenSpan);
    }

    private static void WriteUci(IReadOnlyList<ModuleDocument> documents, Stream text)
    {
        foreach (var document in documents)
        {
            text.Write(Encoding.UTF8.GetBytes($"package {document.Module}\n"));
            text.Write(document.Signature is { } signature ? ModuleSignature.ToLine(signature) : []);
            UciWriter.Write(document.Content, text);
        }
    }

    private static byte[] ToYaml(ReadOnlySpan<byte> json)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        YamlWriter.Write(json, text);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static IReadOnlyList<ModuleDocument> ReadYaml(ReadOnlySpan<byte> text)
    {
        var yaml = YamlDocument.Parse(text);
        return DocumentReader.Read(yaml.Json.Span, yaml.LineOf);
    }

    private static IReadOnlyList<ModuleDocument> ReadUci(ReadOnlyMemory<byte> text, string? module)
    {
        var packages = UciPackage.TryParseAll(module, text, UciReaderOptions.Default with { HasPackages = module is null }, _ => { }, out var error)
            ?? throw new RefusedException(ErrorCode.InvalidArgument, error?.ToString() ?? "the text has a package twice; write all of its sections behind one package line");
        var signatures = module is null ? ModuleSignature.FindAll(text) : null;
        return
        [
            .. packages.Select(package => new ModuleDocument(package.Name, package)
            {
                IsTyped = false,
                Signature = signatures is null ? ModuleSignature.FindIn(text.Span) : signatures.GetValueOrDefault(package.Name),
            }),
        ];
    }
}
