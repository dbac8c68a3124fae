namespace Cms.Formats.Modules;

/// <summary>The options of one section under pending changes.</summary>
/// <remarks>
/// Shown in this order: the ground's options that are not hidden, each with its override if it has one, then
/// the appended ones. An option removed and set again moves to the end, as in a file.
/// </remarks>
internal sealed class PendingOptions(IModuleView ground, SectionId section)
{
    private readonly Dictionary<string, OptionView> _overrides = [];
    private readonly HashSet<string> _hidden = [];
    private readonly OrderedDictionary<string, OptionView> _appended = [];
    private bool _isGroundHidden;

    public IEnumerable<OptionView> All()
    {
        IEnumerable<OptionView> grounded = _isGroundHidden ? [] : ground.Options(section)
            .Where(option => !_hidden.Contains(option.Name))
            .Select(option => _overrides.GetValueOrDefault(option.Name, option));
        return grounded.Concat(_appended.Values);
    }

    public OptionView? Find(string option) =>
        _appended.TryGetValue(option, out var appended) ? appended
        : _overrides.TryGetValue(option, out var set) ? set
        : IsGroundVisible(option) ? ground.FindOption(section, option)
        : null;

    public void Set(OptionView option)
    {
        if (IsGroundVisible(option.Name) && (_overrides.ContainsKey(option.Name) || ground.FindOption(section, option.Name) is not null))
        {
            _overrides[option.Name] = option;
        }
        else
        {
            _appended[option.Name] = option;
        }
    }

    public void Remove(string option)
    {
        if (_appended.Remove(option))
        {
            return;
        }

        if (Find(option) is null)
        {
            throw new InvalidOperationException($"section {section} has no option {option}");
        }

        _overrides.Remove(option);
        _hidden.Add(option);
    }

    public void Rename(string option, string newOption, Revision revision)
    {
        if (!_isGroundHidden)
        {
            var all = All().ToList();
            _appended.Clear();
            _overrides.Clear();
            _isGroundHidden = true;
            all.ForEach(each => _appended.Add(each.Name, each));
        }

        var index = _appended.IndexOf(option);
        if (index < 0)
        {
            throw new InvalidOperationException($"section {section} has no option {option}");
        }

        var renamed = _appended.GetAt(index).Value with { Name = newOption, Changed = revision };
        _appended.RemoveAt(index);
        _appended.Insert(index, newOption, renamed);
    }

    private bool IsGroundVisible(string option) => !_isGroundHidden && !_hidden.Contains(option);
}
