namespace Cms.Formats.Schemas.Reading;

/// <summary>Collects what is wrong with a schema, up to a bound.</summary>
internal sealed class MistakeList
{
    /// <summary>More than these are not told.</summary>
    public const int Most = 1000;

    private readonly HashSet<SchemaMistake> _mistakes = [];

    /// <summary>What was found so far, in the order of the lines.</summary>
    public IReadOnlyList<SchemaMistake> Found => [.. _mistakes.OrderBy(mistake => mistake.Line)];

    /// <summary>Whether nothing was found.</summary>
    public bool IsEmpty => _mistakes.Count == 0;

    /// <summary>What may have been meant, for a message; nothing once there are many mistakes.</summary>
    public string Suggest(string word, IEnumerable<string> known) => _mistakes.Count < Spelling.MostSuggestions ? Spelling.Suggest(word, known) : "";

    /// <summary>Takes a mistake; the same one only once.</summary>
    public void Add(int line, string message)
    {
        if (_mistakes.Count < Most)
        {
            _mistakes.Add(new SchemaMistake(line, message));
        }
    }
}
