using Cms.Formats.Modules;

namespace Cms.Formats.Edits;

/// <summary>Takes back what became of the options of one section; a part of <see cref="RevertPlan"/>.</summary>
internal sealed class OptionRevert
{
    private readonly string? _only;
    private readonly Dictionary<string, ConfigValue> _before;
    private readonly Dictionary<string, ConfigValue> _after;
    private readonly Dictionary<string, ConfigValue> _current;
    private readonly List<string> _oldOrder;
    private readonly List<string> _leftOrder;
    private readonly List<string> _order;
    private readonly Dictionary<string, ConfigValue> _wanted = [];
    private readonly List<string?> _kept = [];

    /// <param name="before">The options to go back to.</param>
    /// <param name="after">What became of them.</param>
    /// <param name="current">What they are now.</param>
    /// <param name="only">The one option that is taken back; null for all.</param>
    public OptionRevert(List<OptionView> before, List<OptionView> after, List<OptionView> current, string? only)
    {
        _only = only;
        _before = before.ToDictionary(option => option.Name, option => option.Value);
        _after = after.ToDictionary(option => option.Name, option => option.Value);
        _current = current.ToDictionary(option => option.Name, option => option.Value);
        (_oldOrder, _leftOrder, _order) = (Names(before), Names(after), Names(current));
        foreach (var option in _order.Union(_oldOrder).Union(_leftOrder))
        {
            Decide(option);
        }
    }

    /// <summary>The options that were changed since, in no order; null stands for their order itself.</summary>
    public IReadOnlyList<string?> Kept => _kept;

    /// <summary>What is to be done to the section; options have no move of their own, so from the first that stands elsewhere on they are set anew.</summary>
    public IEnumerable<ModuleOperation> Operations(SectionSelector section)
    {
        var staying = _order.Where(_wanted.ContainsKey).ToList();
        var order = Arrange(staying);
        var steady = staying.Zip(order).TakeWhile(pair => pair.First == pair.Second).Count();
        return _order.Where(option => !_wanted.ContainsKey(option)).Concat(staying.Skip(steady))
            .Select(option => (ModuleOperation)new ModuleOperation.DeleteOption(section, option))
            .Concat(order.Where((option, index) => index >= steady || !_wanted[option].Equals(_current[option]))
                .Select(option => new ModuleOperation.SetOption(section, option, _wanted[option])));
    }

    private static List<string> Names(List<OptionView> options) => options.ConvertAll(option => option.Name);

    private void Decide(string option)
    {
        var (old, left, now) = (_before.GetValueOrDefault(option), _after.GetValueOrDefault(option), _current.GetValueOrDefault(option));
        var isConcerned = (_only is null || _only == option) && !Equals(old, left);
        var isOurs = isConcerned && Equals(now, left);
        if (isConcerned && !isOurs && !Equals(now, old))
        {
            _kept.Add(option);
        }

        if ((isOurs ? old : now) is { } wanted)
        {
            _wanted.Add(option, wanted);
        }
    }

    private List<string> Arrange(List<string> staying)
    {
        var restored = _oldOrder.Where(_wanted.ContainsKey).ToList();
        if (_only is not null)
        {
            return [.. staying, .. restored.Except(staying)];
        }

        var isLeft = SequenceOrder.IsKept(_leftOrder, _order);
        var order = isLeft ? SequenceOrder.Insert(restored, staying) : SequenceOrder.Insert(staying, restored);
        var anew = staying.Skip(staying.Zip(order).TakeWhile(pair => pair.First == pair.Second).Count()).ToList();
        var isOthers = anew.Exists(option => !Equals(_current[option], _after.GetValueOrDefault(option)));
        if (isOthers || (!isLeft && !SequenceOrder.IsKept(_oldOrder, _leftOrder)))
        {
            _kept.Add(null);
        }

        return isOthers || anew.Count > RevertPlan.LongestReorder ? [.. staying, .. restored.Except(staying)] : order;
    }
}
