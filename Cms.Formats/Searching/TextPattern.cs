namespace Cms.Formats.Searching;

/// <summary>Texts that hold a text.</summary>
internal sealed class TextPattern(byte[] wanted, bool ignoresCase) : SearchPattern(ignoresCase)
{
    internal override IReadOnlyList<byte[]> Runs { get; } = [wanted];

    internal override bool NamesPlaces => wanted.Contains((byte)'@');

    public override bool Matches(ReadOnlySpan<byte> text) => Holds(text, wanted, IgnoresCase);
}
