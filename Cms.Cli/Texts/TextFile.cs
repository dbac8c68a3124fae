namespace Cms.Cli.Texts;

/// <summary>The texts of one language, by their keys.</summary>
/// <remarks>
/// Each line is <c>key = text</c>. The key of a command's summary is the command (<c>cms get</c>), of an option or argument the
/// command and it (<c>cms get --committed</c>), or it alone where all commands mean the same; of an example a dollar sign and the
/// example; of a message its name.
/// </remarks>
internal sealed class TextFile
{
    private const string Separator = " = ";
    private readonly Dictionary<string, string> _texts = [];

    private TextFile(TextReader lines)
    {
        while (lines.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#' && line.IndexOf(Separator, StringComparison.Ordinal) is var end and > 0)
            {
                _texts.Add(line[..end], line[(end + Separator.Length)..]);
            }
        }
    }

    /// <summary>All keys, in the order of the file.</summary>
    public IReadOnlyCollection<string> Keys => _texts.Keys;

    /// <summary>Reads the texts of a language that there is a file of.</summary>
    public static TextFile Read(string language)
    {
        using var lines = new StreamReader(typeof(TextFile).Assembly.GetManifestResourceStream(language) ?? throw new FileNotFoundException(language));
        return new TextFile(lines);
    }

    /// <summary>A text, or null.</summary>
    public string? Find(string key) => _texts.GetValueOrDefault(key);

    /// <summary>What is said of an option or argument of a command: what the command says, else what is said of it everywhere.</summary>
    public string? Find(string command, string part) => Find($"{command} {part}") ?? Find(part);
}
