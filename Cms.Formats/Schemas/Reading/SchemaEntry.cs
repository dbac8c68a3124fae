using Cms.Formats.Schemas.Values;

namespace Cms.Formats.Schemas.Reading;

/// <summary>An option of a schema's section, with its line.</summary>
/// <param name="Name">The option.</param>
/// <param name="Line">1-based; of a list the first element's.</param>
/// <param name="IsList">Whether it was written as a list.</param>
/// <param name="Values">One for an option, any number for a list.</param>
internal sealed record SchemaLine(string Name, int Line, bool IsList, List<string> Values);

/// <summary>A section of a schema's text, whose options are read one by one; what is wrong goes to the list of mistakes.</summary>
internal sealed class SchemaEntry(string owner, string? name, int line, MistakeList mistakes)
{
    private readonly Dictionary<string, SchemaLine> _lines = new(StringComparer.Ordinal);

    /// <summary>The section's type: module, section, field, type, table or column.</summary>
    public string Owner { get; } = owner;

    /// <summary>Its name, or null.</summary>
    public string? Name { get; } = name;

    /// <summary>1-based.</summary>
    public int Line { get; } = line;

    /// <summary>For messages: <c>field 'mtu'</c>.</summary>
    public string Title => Name is null ? $"this {Owner}" : $"{Owner} '{Name}'";

    /// <summary>Takes a line of the text: an option replaces, a list adds.</summary>
    public void Add(string option, string value, int line, bool isList)
    {
        if (Find(option) is not { } known)
        {
            _lines.Add(option, new SchemaLine(option, line, isList, [value]));
        }
        else if (isList && known.IsList)
        {
            known.Values.Add(value);
        }
        else
        {
            mistakes.Add(line, $"'{option}' is there twice in {Title}, first in line {known.Line}; keep one");
        }
    }

    /// <summary>Reports options that the section does not take, and lists where one value is meant.</summary>
    public void CheckWords()
    {
        foreach (var each in _lines.Values)
        {
            var word = SchemaWords.Find(Owner, each.Name);
            if (word is null)
            {
                var known = SchemaWords.All.Where(other => other.Owner == Owner).Select(other => other.Name);
                mistakes.Add(each.Line, $"a {Owner} takes no option '{each.Name}'{mistakes.Suggest(each.Name, known)}");
            }
            else if (each.IsList && !word.IsList)
            {
                mistakes.Add(each.Line, $"'{each.Name}' takes one value: write option, not list");
            }
        }
    }

    /// <summary>The line of an option, the section's own when it is not there.</summary>
    public int LineOf(string option) => Find(option)?.Line ?? Line;

    /// <summary>Whether an option is there.</summary>
    public bool Has(string option) => Find(option) is not null;

    /// <summary>The text of an option, or null.</summary>
    public string? Text(string option) => Find(option)?.Values[0];

    /// <summary>The elements of a list; of an option the words between blanks.</summary>
    public IReadOnlyList<string> Words(string option) => Find(option) switch
    {
        null => [],
        { IsList: true } list => list.Values,
        var scalar => scalar.Values[0].Split(' ', StringSplitOptions.RemoveEmptyEntries),
    };

    /// <summary>The values of an option or list, and whether it is a list.</summary>
    public (IReadOnlyList<string> Values, bool IsList) Values(string option) => Find(option) is { } found ? (found.Values, found.IsList) : ([], false);

    /// <summary>A bool in any of UCI's spellings.</summary>
    public bool Flag(string option, bool otherwise)
    {
        if (Text(option) is not { } text)
        {
            return otherwise;
        }

        if (!WholeNumbers.TryReadBool(System.Text.Encoding.UTF8.GetBytes(text), out var value))
        {
            mistakes.Add(LineOf(option), $"'{option}' is '{text}'; write 1 or 0");
        }

        return value;
    }

    /// <summary>A count.</summary>
    public int? Count(string option)
    {
        if (Text(option) is not { } text)
        {
            return null;
        }

        if (WholeNumbers.ReadDigits(System.Text.Encoding.UTF8.GetBytes(text), 9) is { } number)
        {
            return (int)number;
        }

        mistakes.Add(LineOf(option), $"'{option}' is '{text}'; write a whole number from 0 to 999999999");
        return null;
    }

    /// <summary>One of several words.</summary>
    /// <param name="option">The option.</param>
    /// <param name="words">The words, the one by default first.</param>
    public T Choice<T>(string option, params (string Word, T Value)[] words)
    {
        var text = Text(option);
        var index = text is null ? 0 : Array.FindIndex(words, word => word.Word == text);
        if (index < 0)
        {
            var known = words.Select(word => word.Word).Distinct().ToList();
            mistakes.Add(LineOf(option), $"'{option}' is '{text}'; write {string.Join(", ", known.SkipLast(1))} or {known[^1]}{mistakes.Suggest(text!, known)}");
        }

        return words[Math.Max(index, 0)].Value;
    }

    private SchemaLine? Find(string option) => _lines.GetValueOrDefault(option);
}
