namespace Cms.Formats.Modules;

/// <summary>The options of one section under pending changes.</summary>
/// <remarks>
/// Shown in this order: the ground's options that are not hidden, each with its override if it has one, then
/// the appended ones. An option removed and set again moves to the end, as in a file. Whether an option that
/// was set overrides or is appended is found out when the order is asked for, since most often it never is.
/// </remarks>
internal sealed class PendingOptions(IModuleView ground, SectionId section)
{
    // Most sections have only one of these, and many sections are touched at once.
    private OrderedDictionary<string, OptionView>? _set;
    private HashSet<string>? _hidden;
    private OrderedDictionary<string, OptionView>? _appended;
    private bool _isGroundHidden;
    private int _settled;

    public IEnumerable<OptionView> All()
    {
        Settle();
        IEnumerable<OptionView> grounded = _isGroundHidden ? [] : ground.Options(section)
            .Where(option => _hidden?.Contains(option.Name) != true)
            .Select(option => _set?.GetValueOrDefault(option.Name) ?? option);
        return _appended is null ? grounded : grounded.Concat(_appended.Values);
    }

    public OptionView? Find(string option) =>
        _appended?.TryGetValue(option, out var appended) == true ? appended
        : _set?.TryGetValue(option, out var set) == true ? set
        : IsGroundVisible(option) ? ground.FindOption(section, option)
        : null;

    public void Set(OptionView option)
    {
        if (_appended?.ContainsKey(option.Name) == true || !IsGroundVisible(option.Name))
        {
            Settle();
            (_appended ??= [])[option.Name] = option;
        }
        else
        {
            (_set ??= [])[option.Name] = option;
        }
    }

    public void Remove(string option)
    {
        Settle();
        if (_appended?.Remove(option) == true)
        {
            return;
        }

        if (Find(option) is null)
        {
            throw new InvalidOperationException($"section {section} has no option {option}");
        }

        _settled -= _set?.Remove(option) == true ? 1 : 0;
        (_hidden ??= []).Add(option);
    }

    public void Rename(string option, string newOption, Revision revision)
    {
        if (!_isGroundHidden)
        {
            var all = All().ToList();
            _set = null;
            _settled = 0;
            _appended = [];
            _isGroundHidden = true;
            all.ForEach(each => _appended.Add(each.Name, each));
        }

        _appended ??= [];
        var index = _appended.IndexOf(option);
        if (index < 0)
        {
            throw new InvalidOperationException($"section {section} has no option {option}");
        }

        var renamed = _appended.GetAt(index).Value with { Name = newOption, Changed = revision };
        _appended.RemoveAt(index);
        _appended.Insert(index, newOption, renamed);
    }

    // What was set and is not in the ground is appended, in the order in which it was first set.
    private void Settle()
    {
        while (_settled < _set?.Count)
        {
            var (name, option) = _set.GetAt(_settled);
            if (ground.FindOption(section, name) is not null)
            {
                _settled++;
                continue;
            }

            _set.RemoveAt(_settled);
            (_appended ??= []).Add(name, option);
        }
    }

    private bool IsGroundVisible(string option) => !_isGroundHidden && _hidden?.Contains(option) != true;
}
