using Cms.Formats.Schemas.Reading;

namespace Cms.Formats.Schemas.Checking;

/// <summary>Collects violations, each once, up to a bound.</summary>
internal sealed class ViolationList(int most)
{
    private const int LongestValue = 200;

    private readonly HashSet<Violation> _known = [];
    private readonly List<Violation> _violations = [];

    /// <summary>What was found, in the order of finding.</summary>
    public IReadOnlyList<Violation> Found => _violations;

    /// <summary>Whether no more are taken, so that nobody needs to look for them.</summary>
    public bool IsFull => _violations.Count >= most;

    /// <summary>What may have been meant, for a hint; nothing once there are many violations.</summary>
    public string Suggest(string word, IEnumerable<string> known) => _violations.Count < Spelling.MostSuggestions ? Spelling.Suggest(word, known) : "";

    /// <summary>Takes a violation at a place without a value of its own.</summary>
    public void Add(string path, string rule, string hint) => Add(new Violation(path, rule, null, hint));

    /// <summary>Takes a violation of a field's value.</summary>
    public void Add(string path, string rule, FieldSchema field, ReadOnlySpan<byte> value, string hint) =>
        Add(new Violation(path, rule, TextOf(field, value), hint));

    private void Add(Violation violation)
    {
        if (!IsFull && _known.Add(violation))
        {
            _violations.Add(violation);
        }
    }

    private static string TextOf(FieldSchema field, ReadOnlySpan<byte> value)
    {
        if (field.IsSecret)
        {
            return Violation.Secret;
        }

        var text = System.Text.Encoding.UTF8.GetString(value[..Math.Min(value.Length, 4 * LongestValue)]);
        return text.Length <= LongestValue ? text : text[..LongestValue] + "...";
    }
}
