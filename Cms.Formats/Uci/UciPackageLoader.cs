namespace Cms.Formats.Uci;

/// <summary>Builds packages from the commands of a <see cref="UciReader"/>.</summary>
/// <remarks>
/// Invariant: only the section opened last has lines at the end of <c>_lines</c>; a section opened again takes its further lines at
/// once. Used by one thread.
/// </remarks>
internal sealed class UciPackageLoader
{
    private readonly UciReader _reader;
    private readonly UciReaderOptions _options;
    private readonly List<UciPackage> _packages = [];
    private readonly UciNamePool _names = new();
    private readonly DeferredOptions _lines = new();
    private UciSection? _section;

    /// <summary>Loads one package of this name, or the packages that the text names.</summary>
    public UciPackageLoader(string? name, UciReader reader, UciReaderOptions options)
    {
        _reader = reader;
        _options = options;
        if (name is not null)
        {
            _packages.Add(new UciPackage(name));
        }
    }

    /// <summary>The packages in the order of the text.</summary>
    public IReadOnlyList<UciPackage> Packages => _packages;

    /// <summary>Whether everything was read.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The section that the command just done opened or belongs to.</summary>
    public UciSection? Section => _section;

    private UciPackage Package => _packages[^1];

    /// <summary>Reads to the end, to the first malformed line when strict, or to a package that was there before.</summary>
    /// <param name="onMalformed">Called for each malformed line.</param>
    /// <returns>The error that ended the reading, or null.</returns>
    public UciParseError? Load(Action<UciParseError> onMalformed)
    {
        while (TryReadCommand())
        {
            if (_reader.Error is { } error)
            {
                onMalformed(error);
                if (_options.IsStrict)
                {
                    return error;
                }
            }
        }

        return null;
    }

    /// <summary>Reads one command and does it.</summary>
    /// <returns>False at the end, or at a package that was there before.</returns>
    public bool TryReadCommand()
    {
        IsComplete = !_reader.Read();
        return !IsComplete && TryTake();
    }

    private bool TryTake()
    {
        switch (_reader.Kind)
        {
            case UciTokenKind.Package when _options.HasPackages:
                return TryOpenPackage(System.Text.Encoding.Latin1.GetString(_reader.Name));
            case UciTokenKind.Section:
                OpenSection();
                break;
            case UciTokenKind.Option:
                TakeOption(isList: false);
                break;
            case UciTokenKind.ListItem:
                TakeOption(isList: true);
                break;
            default:
                break;
        }

        return true;
    }

    private bool TryOpenPackage(string name)
    {
        var isNew = !_packages.Exists(package => string.Equals(package.Name, name, StringComparison.Ordinal));
        if (isNew)
        {
            _packages.Add(new UciPackage(name));
            _section = null;
        }

        return isNew;
    }

    private void OpenSection()
    {
        var type = _names.Find(_reader.Type).Text;
        if (_reader.Name.IsEmpty)
        {
            Open(Package.Add(type, null));
            return;
        }

        var name = _names.Find(_reader.Name).Text;
        var known = Package.Find(name);
        if (known is null)
        {
            Open(Package.Add(type, name));
            return;
        }

        if (!string.Equals(known.Type, type, StringComparison.Ordinal))
        {
            if (_options.IsStrict)
            {
                _reader.Refuse("section of different type overwrites prior section with same name");
                return;
            }

            known.Type = type;
        }

        known.Reopen();
        _section = known;
    }

    private void Open(UciSection section)
    {
        section.Defer(_lines);
        _section = section;
    }

    private void TakeOption(bool isList) =>
        _section!.AddLine(new DeferredOptions.Line(_names.Find(_reader.Name), _reader.KeepValue(), isList));
}
