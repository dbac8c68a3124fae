namespace Cms.Formats.Uci;

/// <summary>Builds packages from the commands of a <see cref="UciReader"/>.</summary>
/// <remarks>
/// Invariant: while <c>_isFresh</c>, every option of the open section was read since its <c>config</c> line, so the name pool alone
/// knows whether the section has an option. Used by one thread.
/// </remarks>
internal sealed class UciPackageLoader(UciPackage package, UciReader reader, bool isStrict)
{
    private readonly UciNamePool _names = new();
    private UciSection? _section;
    private bool _isFresh;

    /// <summary>The package that is being built.</summary>
    public UciPackage Package { get; } = package;

    /// <summary>Reads to the end, or to the first malformed line when strict.</summary>
    /// <param name="onMalformed">Called for each malformed line; what it returns is ignored.</param>
    public void Load(Func<UciParseError, int> onMalformed)
    {
        while (reader.Read())
        {
            Take();
            if (reader.Error is { } error)
            {
                onMalformed(error);
            }
        }
    }

    private void Take()
    {
        switch (reader.Kind)
        {
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
    }

    private void OpenSection()
    {
        var type = _names.Find(reader.Type).Text;
        if (reader.Name.IsEmpty)
        {
            _section = Package.Add(type, null);
            _isFresh = true;
            return;
        }

        var name = _names.Find(reader.Name).Text;
        var known = Package.Find(name);
        _isFresh = known is null;
        if (known is not null && !string.Equals(known.Type, type, StringComparison.Ordinal))
        {
            if (isStrict)
            {
                reader.Refuse("section of different type overwrites prior section with same name");
                return;
            }

            known.Type = type;
        }

        _section = known ?? Package.Add(type, name);
    }

    private void TakeOption(bool isList)
    {
        var name = _names.Find(reader.Name);
        var value = reader.KeepValue();
        var option = FindOption(name);
        if (option is null)
        {
            option = isList ? new UciOption(name.Text, [value]) : new UciOption(name.Text, value);
            _section!.Add(option);
        }
        else if (isList)
        {
            option.Append(value);
        }
        else
        {
            option.Set(value);
        }

        name.LastSection = _section;
        name.LastOption = option;
    }

    private UciOption? FindOption(UciNamePool.Entry name)
    {
        if (name.LastSection == _section)
        {
            return name.LastOption;
        }

        return _isFresh ? null : _section!.Find(name.Text);
    }
}
