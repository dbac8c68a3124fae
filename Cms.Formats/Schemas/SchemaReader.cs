using Cms.Formats.Refusals;
using Cms.Formats.Schemas.Reading;

namespace Cms.Formats.Schemas;

/// <summary>Makes a schema of its UCI text; <c>docs/schemas.md</c> says how it is written.</summary>
public static class SchemaReader
{
    /// <summary>The longest text, in bytes.</summary>
    public const int LongestText = 1 << 20;

    /// <summary>Reads a schema.</summary>
    /// <exception cref="RefusedException">The text is no schema; the message lists every mistake with its line.</exception>
    public static ModuleSchema Read(ReadOnlySpan<byte> text) => TryRead(text, out var mistakes) ?? throw new RefusedException(ToRefusal(mistakes));

    /// <summary>Reads a schema from a stream, which stays the caller's to dispose.</summary>
    /// <exception cref="RefusedException">The text is no schema; the message lists every mistake with its line.</exception>
    public static ModuleSchema Read(Stream text)
    {
        var buffer = new byte[LongestText + 1];
        var size = text.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return Read(buffer.AsSpan(0, size));
    }

    /// <summary>Reads a schema.</summary>
    /// <param name="text">The text.</param>
    /// <param name="mistakes">What is wrong with it, in the order of the lines; not empty exactly when this returns null.</param>
    public static ModuleSchema? TryRead(ReadOnlySpan<byte> text, out IReadOnlyList<SchemaMistake> mistakes)
    {
        var found = new MistakeList();
        ModuleSchema? schema = null;
        if (text.Length > LongestText)
        {
            found.Add(1, $"the text has {text.Length} bytes; the most is {LongestText}");
        }
        else
        {
            schema = new SchemaCompiler(SchemaText.Read(text, found), found).Compile();
        }

        mistakes = found.Found;
        return found.IsEmpty ? schema : null;
    }

    /// <summary>The refusal of a text with these mistakes.</summary>
    public static Refusal ToRefusal(IReadOnlyList<SchemaMistake> mistakes) => new(
        ErrorCode.InvalidArgument,
        mistakes.Count == 1
            ? $"the schema has a mistake in {mistakes[0]}"
            : $"the schema has {mistakes.Count} mistakes:\n  {string.Join("\n  ", mistakes)}");
}
