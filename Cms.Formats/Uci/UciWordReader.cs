using System.Buffers;

namespace Cms.Formats.Uci;

/// <summary>Splits UCI text into lines and words: quotes, backslashes, comments and <c>;</c> end here.</summary>
/// <remarks>
/// Invariants: <c>_lineStart &lt;= _position &lt;= _visibleEnd &lt;= _nextLine &lt;= _filled</c>, all offsets into <c>_text</c>. What lies
/// between <c>_visibleEnd</c> and <c>_nextLine</c> is a comment or dropped text. Words are kept relative to <c>_lineStart</c>, so that
/// they outlive a refill, which moves the line to the start of the buffer. Memory is bounded by the longest line with its
/// continuations, which may not pass the bound given. Used by one thread.
/// </remarks>
public sealed class UciWordReader
{
    private const int FirstBufferSizeBytes = 128 * 1024;

    private static readonly SearchValues<byte> WordEnds = SearchValues.Create("\t\n\v\f\r '\"#;\\"u8);

    private readonly Stream? _source;
    private readonly UciDialect _dialect;
    private readonly int _maxLineSizeBytes;
    private byte[] _buffer = [];
    private ReadOnlyMemory<byte> _text;
    private int _filled;
    private bool _isSourceAtEnd;
    private long _discarded;
    private int _lineStart;
    private int _position;
    private int _visibleEnd;
    private int _nextLine;
    private int _droppedBreaks;
    private bool _hasCommandEnded;
    private byte[] _assembled = [];
    private int _assembledLength;

    /// <summary>Reads a text that is in memory; words are slices of it where possible.</summary>
    public UciWordReader(ReadOnlyMemory<byte> text, UciDialect dialect)
    {
        _text = text;
        _filled = text.Length;
        _isSourceAtEnd = true;
        _dialect = dialect;
        _maxLineSizeBytes = int.MaxValue;
    }

    /// <summary>Reads a stream, which stays the caller's to dispose.</summary>
    /// <param name="source">Read in large pieces, possibly ahead of the line asked for.</param>
    /// <param name="dialect">Which reading of <c>;</c> applies.</param>
    /// <param name="maxLineSizeBytes">A line with its continuations that is longer is an error.</param>
    public UciWordReader(Stream source, UciDialect dialect, int maxLineSizeBytes)
    {
        _source = source;
        _dialect = dialect;
        _maxLineSizeBytes = maxLineSizeBytes;
        _buffer = new byte[FirstBufferSizeBytes];
        _text = _buffer;
    }

    /// <summary>What was wrong when a method last returned false for an error.</summary>
    public UciParseError? Error { get; private set; }

    /// <summary>Line breaks read so far; <see cref="RestartLines"/> counts anew.</summary>
    public int Line { get; private set; }

    /// <summary>0-based byte of the next unread character in the line, continuations joined.</summary>
    public long Byte => _position - _lineStart - _droppedBreaks;

    /// <summary>Whether a comment has been met anywhere so far, comment lines included.</summary>
    public bool HasComment { get; private set; }

    /// <summary>Bytes from the start of the text to the comment that ends this line, or null.</summary>
    public long? CommentOffset { get; private set; }

    /// <summary>Bytes from the start of the text to this line.</summary>
    public long LineOffset => _discarded + _lineStart;

    /// <summary>Bytes from the start of the text to the line after this one.</summary>
    public long NextLineOffset => _discarded + _nextLine;

    /// <summary>Whether the words of this line that were not assembled are slices of the text given, which never change.</summary>
    public bool IsTextStable => _source is null;

    /// <summary>Whether the last statement goes on behind the end of the text: a quote is open, or a backslash joins a line that is not there.</summary>
    public bool IsCutShort { get; private set; }

    /// <summary>Whether nothing of this line is left, not even white space.</summary>
    public bool IsAtEnd => _position == _visibleEnd;

    /// <summary>Forgets the error, so that reading can go on with the next line.</summary>
    public void ClearError() => Error = null;

    /// <summary>Counts lines from 0 again.</summary>
    public void RestartLines() => Line = 0;

    /// <summary>Goes to the next line; words of this one end to be valid.</summary>
    /// <returns>False at the end of the text, or with <see cref="Error"/> when the line is too long.</returns>
    public bool NextLine()
    {
        _lineStart = _position = _visibleEnd = _nextLine;
        _droppedBreaks = 0;
        _assembledLength = 0;
        _hasCommandEnded = false;
        CommentOffset = null;
        return AppendLine();
    }

    /// <summary>Skips white space, the line break included.</summary>
    public void SkipSpace()
    {
        var text = _text.Span;
        while (_position < _visibleEnd && IsSpace(text[_position]))
        {
            _position++;
        }
    }

    /// <summary>Takes the word that begins a command: up to a blank or a tab, not yet unquoted.</summary>
    /// <returns>Empty at the end of the line and before a comment.</returns>
    /// <remarks>The reader stays before the word, where errors about it are reported, until <see cref="TrySkipKeyword"/>.</remarks>
    public ReadOnlySpan<byte> PeekKeyword()
    {
        SkipToCommand();
        var rest = _text.Span[_position.._visibleEnd];
        var blanks = rest.IndexOfAnyExcept((byte)' ', (byte)'\t');
        if (blanks < 0)
        {
            return [];
        }

        rest = rest[blanks..];
        if (rest[0] == '#')
        {
            MeetComment(_position + blanks);
            return [];
        }

        var end = rest.IndexOfAny((byte)' ', (byte)'\t');
        return end < 0 ? rest : rest[..end];
    }

    /// <summary>Goes behind the keyword and the blank after it.</summary>
    /// <returns>False when the text ends with the keyword.</returns>
    public bool TrySkipKeyword()
    {
        var text = _text.Span;
        var position = _position;
        while (text[position] is (byte)' ' or (byte)'\t')
        {
            position++;
        }

        while (position < _visibleEnd && text[position] is not ((byte)' ' or (byte)'\t'))
        {
            position++;
        }

        if (position == _visibleEnd)
        {
            return false;
        }

        _position = position + 1;
        return true;
    }

    /// <summary>Takes the next word of the command.</summary>
    /// <param name="word">Valid until <see cref="NextLine"/>; not present at the end of the command.</param>
    /// <returns>False with <see cref="Error"/> when a quote does not end.</returns>
    public bool TryNextWord(out UciWord word)
    {
        SkipSpace();
        if (_position == _visibleEnd || _hasCommandEnded)
        {
            word = default;
            return true;
        }

        var rest = _text.Span[_position.._visibleEnd];
        if (rest[0] == ';')
        {
            _position++;
            _hasCommandEnded = _dialect == UciDialect.Cms;
            word = default;
            return true;
        }

        return TryTakePlainWord(rest, out word) || TryAssembleWord(out word);
    }

    /// <summary>The bytes of a word of this line.</summary>
    public ReadOnlySpan<byte> BytesOf(UciWord word) => word.IsAssembled
        ? _assembled.AsSpan(word.Start, word.Length)
        : _text.Span.Slice(_lineStart + word.Start, word.Length);

    /// <summary>The bytes of a word of this line, copied unless they are a slice of a stable text.</summary>
    public ReadOnlyMemory<byte> MemoryOf(UciWord word) => word.IsAssembled || !IsTextStable
        ? BytesOf(word).ToArray()
        : _text.Slice(_lineStart + word.Start, word.Length);

    /// <summary>States an error at the place where the reader is.</summary>
    public bool Fail(string reason)
    {
        Error = new UciParseError(reason, Line, Byte);
        return false;
    }

    private static bool IsSpace(byte value) => value is (byte)' ' or (>= 9 and <= 13);

    private void SkipToCommand()
    {
        if (_dialect == UciDialect.Reference)
        {
            return;
        }

        _hasCommandEnded = false;
        var text = _text.Span;
        while (_position < _visibleEnd && (text[_position] == ';' || IsSpace(text[_position])))
        {
            _position++;
        }
    }

    private bool TryTakePlainWord(ReadOnlySpan<byte> rest, out UciWord word)
    {
        int start, length, end;
        if (rest[0] == '\'')
        {
            start = 1;
            length = rest[1..].IndexOf((byte)'\'');
            end = length + 2;
        }
        else
        {
            start = 0;
            end = length = rest.IndexOfAny(WordEnds);
            if (length < 0)
            {
                end = length = rest.Length;
            }
        }

        if (length < 0 || (end < rest.Length && !IsSpace(rest[end])))
        {
            word = default;
            return false;
        }

        word = new UciWord(_position - _lineStart + start, length, false, true);
        _position += end < rest.Length ? end + 1 : end;
        return true;
    }

    private bool TryAssembleWord(out UciWord word)
    {
        var start = _assembledLength;
        var isQuoted = false;
        var isPresent = false;
        var isAtSemicolon = false;
        do
        {
            var next = _text.Span[_position];
            if (next == '#')
            {
                MeetComment(_position);
                _visibleEnd = _position;
                break;
            }

            isAtSemicolon = next == ';';
            if (isAtSemicolon)
            {
                break;
            }

            isPresent = true;
            isQuoted |= next is (byte)'\'' or (byte)'"' or (byte)'\\';
            if (!TryAppendPiece(next))
            {
                word = default;
                return false;
            }
        }
        while (_position < _visibleEnd && !IsSpace(_text.Span[_position]));

        LeaveWord(isAtSemicolon, isQuoted);
        word = new UciWord(start, _assembledLength - start, true, isPresent);
        return true;
    }

    // The reference ends a word by writing a zero over the byte behind what it kept of it. Behind an unquoted word that byte is the
    // semicolon itself, so the rest of the line is gone; behind quotes or backslashes it is not, and the rest is the next command.
    private void LeaveWord(bool isAtSemicolon, bool isQuoted)
    {
        if (!isAtSemicolon)
        {
            _position += _position < _visibleEnd ? 1 : 0;
        }
        else if (!isQuoted && _dialect == UciDialect.Reference)
        {
            _visibleEnd = _position;
        }
    }

    private bool TryAppendPiece(byte first)
    {
        switch (first)
        {
            case (byte)'\'':
                return TryAppendQuoted((byte)'\'');
            case (byte)'"':
                return TryAppendQuoted((byte)'"');
            case (byte)'\\':
                AppendEscaped();
                return Error is null;
            default:
                var rest = _text.Span[_position.._visibleEnd];
                var length = rest.IndexOfAny(WordEnds);
                length = length < 0 ? rest.Length : length;
                Append(rest[..length]);
                _position += length;
                return true;
        }
    }

    private bool TryAppendQuoted(byte quote)
    {
        _position++;
        while (true)
        {
            var rest = _text.Span[_position.._visibleEnd];
            var length = quote == '"' ? rest.IndexOfAny((byte)'"', (byte)'\\') : rest.IndexOf(quote);
            if (length < 0)
            {
                Append(rest);
                _position = _visibleEnd;
                if (!AppendLine())
                {
                    IsCutShort = true;
                    return Error is not null ? false : Fail(quote == '"' ? "EOF with unterminated \"" : "EOF with unterminated '");
                }

                continue;
            }

            Append(rest[..length]);
            _position += length;
            if (rest[length] == quote)
            {
                _position++;
                return true;
            }

            AppendEscaped();
            if (Error is not null)
            {
                return false;
            }
        }
    }

    // A backslash takes the next character as it is; before a line break it joins the next line.
    private void AppendEscaped()
    {
        _position++;
        var rest = _text.Span[_position.._visibleEnd];
        if (rest.IsEmpty || rest.SequenceEqual("\n"u8) || rest.SequenceEqual("\r\n"u8))
        {
            var breakSize = rest.Length;
            if (AppendLine())
            {
                _position += breakSize;
                _droppedBreaks += breakSize;
            }
            else
            {
                IsCutShort = true;
                _visibleEnd = _position;
            }

            return;
        }

        Append(rest[..1]);
        _position++;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _assembled.Length - _assembledLength)
        {
            Array.Resize(ref _assembled, Math.Max(_assembledLength + bytes.Length, Math.Max(256, _assembled.Length * 2)));
        }

        bytes.CopyTo(_assembled.AsSpan(_assembledLength));
        _assembledLength += bytes.Length;
    }

    private void MeetComment(int position)
    {
        HasComment = true;
        CommentOffset = _discarded + position;
    }

    // Makes the next physical line visible behind what is visible already; false at the end of the text, or for an error.
    private bool AppendLine()
    {
        var searched = _nextLine;
        while (true)
        {
            var length = _text.Span[searched.._filled].IndexOf((byte)'\n');
            if (length >= 0)
            {
                _visibleEnd = _nextLine = searched + length + 1;
                Line++;
                return true;
            }

            searched = _filled;
            if (_isSourceAtEnd)
            {
                var isAny = _nextLine < _filled;
                _visibleEnd = _nextLine = _filled;
                return isAny;
            }

            if (_filled - _lineStart >= _maxLineSizeBytes)
            {
                _visibleEnd = _nextLine = _filled;
                _isSourceAtEnd = true;
                return Fail("line too long");
            }

            searched -= Refill();
        }
    }

    // Returns by how many bytes everything in the buffer moved down.
    private int Refill()
    {
        var moved = _lineStart;
        var kept = _filled - moved;
        var target = kept > _buffer.Length / 2 ? new byte[checked(_buffer.Length * 2)] : _buffer;
        _buffer.AsSpan(moved, kept).CopyTo(target);
        _text = _buffer = target;
        _discarded += moved;
        _filled = kept;
        _lineStart = 0;
        _position -= moved;
        _visibleEnd -= moved;
        _nextLine -= moved;
        var count = _source!.Read(_buffer, kept, _buffer.Length - kept);
        _filled += count;
        _isSourceAtEnd = count == 0;
        return moved;
    }
}
