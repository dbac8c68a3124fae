// Invariant: matching goes back only to the last star, so it takes at most as many steps as the glob has tokens times the
// text has characters.
using System.Text;
using Cms.Formats.Refusals;

namespace Cms.Formats.Searching;

/// <summary>Texts that fit a glob as a whole.</summary>
internal sealed class GlobPattern : SearchPattern
{
    private readonly List<Token> _tokens = [];
    private readonly List<byte[]> _runs = [];
    private readonly string _start = "";

    /// <param name="glob">In UTF-8.</param>
    /// <param name="ignoresCase">Whether ASCII's letters fit in either case.</param>
    /// <exception cref="RefusedException">A bracket is not closed, or holds nothing.</exception>
    public GlobPattern(ReadOnlySpan<byte> glob, bool ignoresCase)
        : base(ignoresCase)
    {
        var run = new List<byte>();
        var isPlace = false;
        while (!glob.IsEmpty)
        {
            var first = glob[0];
            isPlace = first == (byte)'@' || (isPlace && first != (byte)'.');
            NamesPlaces |= first == (byte)'@';
            var token = first switch
            {
                (byte)'*' => new Token(TokenKind.Any),
                (byte)'?' => new Token(TokenKind.One),
                (byte)'[' when !isPlace => ReadSet(ref glob),
                _ => new Token(TokenKind.Byte) { Byte = ignoresCase ? ToLower(first) : first },
            };
            glob = glob[1..];
            _tokens.Add(token);
            if (token.Kind == TokenKind.Byte)
            {
                run.Add(first);
                continue;
            }

            _start = _tokens.Count == run.Count + 1 ? Encoding.UTF8.GetString([.. run]) : _start;
            EndRun(run);
        }

        IsLiteral = _tokens.Count == run.Count;
        _start = IsLiteral ? Encoding.UTF8.GetString([.. run]) : _start;
        EndRun(run);
    }

    private enum TokenKind
    {
        Byte,
        One,
        Set,
        Any,
    }

    /// <summary>Whether it has no wildcard, so that it fits one text.</summary>
    public bool IsLiteral { get; }

    internal override IReadOnlyList<byte[]> Runs => _runs;

    internal override string Start => _start;

    internal override bool NamesPlaces { get; }

    public override bool Matches(ReadOnlySpan<byte> text)
    {
        var (token, place, star, resume) = (0, 0, -1, 0);
        while (place < text.Length)
        {
            if (token < _tokens.Count && _tokens[token].Kind == TokenKind.Any)
            {
                (star, resume) = (token++, place);
            }
            else if (token < _tokens.Count && Fits(_tokens[token], text[place..], out var used))
            {
                token++;
                place += used;
            }
            else if (star >= 0)
            {
                token = star + 1;
                place = ++resume;
            }
            else
            {
                return false;
            }
        }

        while (token < _tokens.Count && _tokens[token].Kind == TokenKind.Any)
        {
            token++;
        }

        return token == _tokens.Count;
    }

    private bool Fits(in Token token, ReadOnlySpan<byte> text, out int used)
    {
        used = 1;
        if (token.Kind == TokenKind.Byte)
        {
            return (IgnoresCase ? ToLower(text[0]) : text[0]) == token.Byte;
        }

        var isWhole = Rune.DecodeFromUtf8(text, out var rune, out var size) == System.Buffers.OperationStatus.Done;
        used = isWhole ? size : 1;
        return token.Kind == TokenKind.One || (isWhole && token.Holds(rune, IgnoresCase));
    }

    // Leaves the closing bracket to the caller, as the one character that every token ends with.
    private static Token ReadSet(ref ReadOnlySpan<byte> glob)
    {
        var rest = glob[1..];
        var isInverted = rest.Length > 0 && (rest[0] == (byte)'!' || rest[0] == (byte)'^');
        rest = isInverted ? rest[1..] : rest;
        var ranges = new List<(Rune First, Rune Last)>();
        while (ranges.Count == 0 || rest.IsEmpty || rest[0] != (byte)']')
        {
            if (rest.IsEmpty)
            {
                throw new RefusedException(
                    ErrorCode.InvalidArgument, "a bracket of the glob is not closed; write [a-z] for one of some characters, [[] for a bracket, or use --text");
            }

            var first = Next(ref rest);
            var isRange = rest.Length > 1 && rest[0] == (byte)'-' && rest[1] != (byte)']';
            rest = isRange ? rest[1..] : rest;
            ranges.Add((first, isRange ? Next(ref rest) : first));
        }

        glob = rest;
        return new Token(TokenKind.Set) { Ranges = ranges, IsInverted = isInverted };
    }

    private static Rune Next(ref ReadOnlySpan<byte> text)
    {
        _ = Rune.DecodeFromUtf8(text, out var rune, out var size);
        text = text[size..];
        return rune;
    }

    private void EndRun(List<byte> run)
    {
        if (run.Count > 0)
        {
            _runs.Add([.. run]);
            run.Clear();
        }
    }

    private readonly record struct Token(TokenKind Kind)
    {
        public byte Byte { get; init; }

        public IReadOnlyList<(Rune First, Rune Last)> Ranges { get; init; } = [];

        public bool IsInverted { get; init; }

        public bool Holds(Rune rune, bool ignoresCase)
        {
            var isIn = Contains(rune) || (ignoresCase && rune.IsAscii && (Contains(Rune.ToLowerInvariant(rune)) || Contains(Rune.ToUpperInvariant(rune))));
            return isIn != IsInverted;
        }

        private bool Contains(Rune rune)
        {
            foreach (var (first, last) in Ranges)
            {
                if (rune >= first && rune <= last)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
