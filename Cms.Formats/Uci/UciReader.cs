namespace Cms.Formats.Uci;

/// <summary>Reads the commands of a UCI text one after the other, in time linear in its size and in bounded memory.</summary>
/// <remarks>
/// Invariant: spans point into the reader's buffers and are valid until the next <see cref="Read"/>. Used by one thread.
/// The reader checks the grammar; what depends on the sections already seen (a name used twice) is its caller's to decide, who
/// reports it with <see cref="Refuse"/>.
/// </remarks>
public sealed class UciReader
{
    private readonly UciWordReader _words;
    private readonly UciReaderOptions _options;
    private bool _isInLine;
    private bool _isFinished;
    private bool _hasPackage;
    private bool _hasSection;
    private UciWord _first;
    private UciWord _second;

    /// <summary>Reads a text in memory.</summary>
    public UciReader(ReadOnlyMemory<byte> text, UciReaderOptions options)
        : this(new UciWordReader(text, options.Dialect), options)
    {
    }

    /// <summary>Reads a stream, which stays the caller's to dispose.</summary>
    public UciReader(Stream source, UciReaderOptions options)
        : this(new UciWordReader(source, options.Dialect, options.MaxLineSizeBytes), options)
    {
    }

    private UciReader(UciWordReader words, UciReaderOptions options)
    {
        _words = words;
        _options = options;
        _hasPackage = !options.HasPackages;
    }

    /// <summary>What was read last.</summary>
    public UciTokenKind Kind { get; private set; }

    /// <summary>What is wrong; not null exactly when <see cref="Kind"/> is <see cref="UciTokenKind.Malformed"/>.</summary>
    public UciParseError? Error { get; private set; }

    /// <summary>The 1-based line on which the command ends; one less on a last line without line break.</summary>
    public int Line => _words.Line;

    /// <summary>The type of a section.</summary>
    public ReadOnlySpan<byte> Type => _words.BytesOf(_first);

    /// <summary>The name of a package, section or option; empty for an anonymous section.</summary>
    public ReadOnlySpan<byte> Name => _words.BytesOf(Kind == UciTokenKind.Section ? _second : _first);

    /// <summary>The value of an option or list item.</summary>
    public ReadOnlySpan<byte> Value => _words.BytesOf(_second);

    /// <summary>The value of an option or list item, which stays valid: a slice of a text in memory where possible, else a copy.</summary>
    public ReadOnlyMemory<byte> KeepValue() => _words.MemoryOf(_second);

    /// <summary>Whether a comment has been met so far.</summary>
    public bool HasComment => _words.HasComment;

    /// <summary>Bytes from the start of the text to the line of this command.</summary>
    public long LineOffset => _words.LineOffset;

    /// <summary>Bytes from the start of the text to the line after this command.</summary>
    public long NextLineOffset => _words.NextLineOffset;

    /// <summary>Finds the comment that ends the line of this command, when no other command stands between.</summary>
    /// <returns>Bytes from the start of the text to it, or null.</returns>
    public long? FindComment()
    {
        _words.PeekKeyword();
        return _words.CommentOffset;
    }

    /// <summary>Goes to the next command or malformed line.</summary>
    /// <returns>False at the end of the text; in strict reading also behind the first malformed line.</returns>
    public bool Read()
    {
        Kind = UciTokenKind.None;
        Error = null;
        while (!_isFinished)
        {
            if (!_isInLine && !TryEnterLine())
            {
                return _words.Error is not null && Malformed();
            }

            var keyword = _words.PeekKeyword();
            _isInLine = !keyword.IsEmpty;
            if (_isInLine && ReadCommand(keyword))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Turns the command just read into a malformed line, at the place behind it.</summary>
    public void Refuse(string reason)
    {
        _words.Fail(reason);
        Malformed();
    }

    private static UciTokenKind KindOf(ReadOnlySpan<byte> keyword) => keyword switch
    {
        [(byte)'o'] or [(byte)'o', (byte)'p', (byte)'t', (byte)'i', (byte)'o', (byte)'n'] => UciTokenKind.Option,
        [(byte)'l'] or [(byte)'l', (byte)'i', (byte)'s', (byte)'t'] => UciTokenKind.ListItem,
        [(byte)'c'] or [(byte)'c', (byte)'o', (byte)'n', (byte)'f', (byte)'i', (byte)'g'] => UciTokenKind.Section,
        [(byte)'p'] or [(byte)'p', (byte)'a', (byte)'c', (byte)'k', (byte)'a', (byte)'g', (byte)'e'] => UciTokenKind.Package,
        _ => UciTokenKind.Malformed,
    };

    private bool TryEnterLine()
    {
        _isFinished = !_words.NextLine();
        if (!_isFinished)
        {
            _words.SkipSpace();
        }

        return !_isFinished;
    }

    // True when there is something to tell, be it an error; false for a command without effect.
    private bool ReadCommand(ReadOnlySpan<byte> keyword)
    {
        Kind = KindOf(keyword);
        var isRead = Kind switch
        {
            UciTokenKind.Option or UciTokenKind.ListItem => TryReadOption(),
            UciTokenKind.Section => TryReadSection(),
            UciTokenKind.Package => TryReadPackage(),
            _ => _words.Fail("invalid command"),
        };
        return isRead ? HasEffect() : Malformed();
    }

    private bool HasEffect()
    {
        var isEmptyOption = Kind == UciTokenKind.Option && _second.IsEmpty
            && (_options.Dialect == UciDialect.Reference || !_second.IsPresent);
        Kind = isEmptyOption ? UciTokenKind.None : Kind;
        return !isEmptyOption;
    }

    private bool TryReadPackage()
    {
        if (!_words.TrySkipKeyword())
        {
            return _words.Fail("package without name");
        }

        if (!TryTake(out _first, isRequired: true))
        {
            return false;
        }

        if (!UciNames.IsPackageWord(_words.BytesOf(_first)))
        {
            return _words.Fail("invalid character in name field");
        }

        if (!TryEndCommand())
        {
            return false;
        }

        _hasPackage = true;
        _hasSection = _hasSection && !_options.HasPackages;
        return true;
    }

    private bool TryReadSection()
    {
        if (!_hasPackage)
        {
            return _words.Fail("attempting to import a file without a package name");
        }

        if (!_words.TrySkipKeyword())
        {
            return _words.Fail("config without name");
        }

        if (!TryTake(out _first, isRequired: true))
        {
            return false;
        }

        if (!UciNames.IsType(_words.BytesOf(_first)))
        {
            return _words.Fail("invalid character in type field");
        }

        if (!TryTakeName(out _second, isRequired: false) || !TryEndCommand())
        {
            return false;
        }

        _hasSection = true;
        return true;
    }

    private bool TryReadOption()
    {
        if (!_hasSection)
        {
            return _words.Fail("option/list command found before the first section");
        }

        if (!_words.TrySkipKeyword())
        {
            return _words.Fail("option without name");
        }

        return TryTakeName(out _first, isRequired: true) && _words.TryNextWord(out _second) && TryEndCommand();
    }

    private bool TryTake(out UciWord word, bool isRequired) =>
        _words.TryNextWord(out word) && (!word.IsEmpty || !isRequired || _words.Fail("insufficient arguments"));

    private bool TryTakeName(out UciWord word, bool isRequired) =>
        TryTake(out word, isRequired) && (word.IsEmpty || UciNames.IsName(_words.BytesOf(word)) || _words.Fail("invalid character in name field"));

    private bool TryEndCommand() =>
        _words.TryNextWord(out var extra) && (extra.IsEmpty || !_options.IsStrict || _words.Fail("too many arguments"));

    private bool Malformed()
    {
        Kind = UciTokenKind.Malformed;
        Error = _words.Error;
        _words.ClearError();
        _isFinished |= _options.IsStrict;
        _isInLine = false;
        return true;
    }
}
