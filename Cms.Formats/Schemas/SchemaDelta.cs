namespace Cms.Formats.Schemas;

/// <summary>What makes one text of another that differs from it in one place: all but the middle is taken over.</summary>
/// <param name="Prefix">How many bytes of the beginning are the same.</param>
/// <param name="Suffix">How many bytes of the end are the same.</param>
/// <param name="Middle">What stands between them.</param>
internal readonly record struct SchemaDelta(int Prefix, int Suffix, ReadOnlyMemory<byte> Middle)
{
    /// <summary>The delta from one text to another.</summary>
    public static SchemaDelta Between(ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after)
    {
        var prefix = before.Span.CommonPrefixLength(after.Span);
        var most = Math.Min(before.Length, after.Length) - prefix;
        var suffix = 0;
        while (suffix < most && before.Span[^(suffix + 1)] == after.Span[^(suffix + 1)])
        {
            suffix++;
        }

        return new SchemaDelta(prefix, suffix, after[prefix..(after.Length - suffix)]);
    }

    /// <summary>The text that this delta makes of <paramref name="before"/>; null when it is no delta of that text.</summary>
    public ReadOnlyMemory<byte>? TryApply(ReadOnlyMemory<byte> before)
    {
        var isOfThis = Prefix >= 0 && Suffix >= 0 && (long)Prefix + Suffix <= before.Length;
        return isOfThis ? (byte[])[.. before.Span[..Prefix], .. Middle.Span, .. before.Span[(before.Length - Suffix)..]] : null;
    }
}
