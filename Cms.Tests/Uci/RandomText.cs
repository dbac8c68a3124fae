using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Uci;

namespace Cms.Tests.Uci;

/// <summary>Makes packages, texts of them in many styles, and changes, all from one seed.</summary>
internal sealed class RandomText(int seed)
{
    private static readonly string[] Types = ["interface", "rule", "zone"];
    private static readonly string[] Names = ["lan", "wan", "guest", "x1", "main"];
    private static readonly string[] Options = ["proto", "ip", "dns", "name", "mtu", "a", "b"];
    private static readonly string[] Values = ["static", "10.0.0.1", "it's", "two words", "", "a\nb", "q\"q", "#no", "x;y", "back\\slash", "é", "\t", "1"];

    private readonly Random _random = new(seed);

    public UciPackage Package(bool isWithEmpty)
    {
        var package = new UciPackage("p");
        for (var count = Next(6); count > 0; count--)
        {
            AddSection(package, isWithEmpty);
        }

        return package;
    }

    /// <summary>The package again, in the style of somebody with an editor.</summary>
    public string HandWritten(UciPackage package)
    {
        var text = new StringBuilder();
        foreach (var section in package.Chain())
        {
            Trivia(text);
            text.Append($"{Pick("config", "c", "\tconfig")} {section.Type}{(section.IsAnonymous ? string.Empty : " " + section.Name)}{LineEnd()}");
            foreach (var option in section.Options())
            {
                for (var index = 0; index < option.Count; index++)
                {
                    Trivia(text);
                    var keyword = option.IsList ? Pick("list", "\tlist", "l") : Pick("option", "\toption", "  o");
                    text.Append($"{keyword} {option.Name} {Quoted(Encoding.UTF8.GetString(option[index].Span))}{LineEnd()}");
                }
            }
        }

        Trivia(text);
        return text.ToString();
    }

    /// <summary>Changes a package in place.</summary>
    public void Change(UciPackage package, bool isWithEmpty)
    {
        for (var count = Next(4); count > 0; count--)
        {
            ChangeOnce(package, isWithEmpty);
        }
    }

    public int Next(int bound) => _random.Next(bound);

    public T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];

    private void ChangeOnce(UciPackage package, bool isWithEmpty)
    {
        var sections = package.Chain().ToList();
        if (sections.Count == 0 || Next(5) == 0)
        {
            AddSection(package, isWithEmpty);
            return;
        }

        var section = Pick(sections.ToArray());
        switch (Next(7))
        {
            case 0:
                package.RemoveSection(section.Id);
                break;
            case 1:
                package.MoveSection(section.Id, Next(sections.Count));
                break;
            case 2:
                package.TryRenameSection(section.Id, Pick(Names) + "2");
                break;
            case 3:
                package.RetypeSection(section.Id, Pick(Types));
                break;
            case 4 when section.OptionCount > 0:
                package.RemoveOption(section.Id, Pick(section.Options().ToArray()).Name);
                break;
            case 5 when section.OptionCount > 0:
                package.TryRenameOption(section.Id, Pick(section.Options().ToArray()).Name, Pick(Options));
                break;
            default:
                package.SetOption(section.Id, Pick(Options), Value(isWithEmpty));
                break;
        }
    }

    private void AddSection(UciPackage package, bool isWithEmpty)
    {
        var name = Next(2) == 0 ? null : Pick(Names);
        var section = package.Add(Pick(Types), name is not null && package.Find(name) is not null ? null : name);
        for (var count = Next(5); count > 0; count--)
        {
            package.SetOption(section.Id, Pick(Options), Value(isWithEmpty));
        }
    }

    private ConfigValue Value(bool isWithEmpty)
    {
        if (Next(3) == 0)
        {
            return ConfigValue.FromTexts(Enumerable.Range(0, 1 + Next(3)).Select(_ => Pick(Values)));
        }

        var text = Pick(Values);
        return ConfigValue.FromText(text.Length == 0 && !isWithEmpty ? "full" : text);
    }

    private string Quoted(string value)
    {
        var isPlain = value.Length > 0 && value.All(one => char.IsAsciiLetterOrDigit(one) || one == '.');
        return Next(3) switch
        {
            0 when isPlain => value,
            1 => '"' + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + '"',
            _ => "'" + value.Replace("'", "'\\''", StringComparison.Ordinal) + "'",
        };
    }

    private string LineEnd() => Pick("\n", "\n", " # remark\n", "\r\n", "; ", " ;\n", "; # remark\n");

    private void Trivia(StringBuilder text)
    {
        for (var count = Next(3) * Next(2); count > 0; count--)
        {
            if (text.Length > 0 && text[^1] != '\n')
            {
                text.Append('\n');
            }

            text.Append(Pick("\n", "# a comment\n", "\t# it's \"one\"\n", "   \n"));
        }
    }
}
