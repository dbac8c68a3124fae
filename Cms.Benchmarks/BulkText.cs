using System.Globalization;
using System.Text;

namespace Cms.Benchmarks;

/// <summary>Texts of bulks, made before the time is taken.</summary>
internal static class BulkText
{
    // Coprime to the number of options, so that each is set once in a turn and neighbours are of other sections.
    private const int Stride = 7919;

    /// <summary>Operations that set all options of a module again and again, in a scattered order, to ten digits that differ from turn to turn.</summary>
    /// <param name="isJson">Whether as JSON; otherwise as statements.</param>
    /// <param name="module">The module.</param>
    /// <param name="sections">The module's sections are these, of ten options each.</param>
    /// <param name="count">How many operations.</param>
    /// <param name="round">A number that makes the values differ from those of other rounds.</param>
    public static byte[] Sets(bool isJson, string module, Range sections, int count, int round)
    {
        var text = new StringBuilder();
        for (var index = 0; index < count; index++)
        {
            var (section, option) = PathOf(sections, index);
            var value = Value(round, index);
            text.Append(isJson
                ? $$"""{"module":"{{module}}","op":"set","section":"{{section}}","option":"{{option}}","value":"{{value}}"}"""
                : $"set {module}.{section}.{option}='{value}'").Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Statements that fill an empty module with sections of ten options.</summary>
    public static byte[] Fill(string module, int count)
    {
        var text = new StringBuilder();
        for (var index = 0; index < count; index++)
        {
            var section = index / (GeneratedText.OptionsPerSection + 1);
            var option = (index % (GeneratedText.OptionsPerSection + 1)) - 1;
            text.Append(option < 0
                ? $"set {module}.{GeneratedText.Section(section)}=section"
                : $"set {module}.{GeneratedText.Section(section)}.{GeneratedText.Option(option)}='{GeneratedText.Value(section, option)}'").Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>What operation <paramref name="index"/> of a round sets.</summary>
    public static string Value(int round, int index) => string.Create(CultureInfo.InvariantCulture, $"{round:D2}{index:D8}");

    /// <summary>The section and option that operation <paramref name="index"/> sets.</summary>
    public static (string Section, string Option) PathOf(Range sections, int index)
    {
        var options = (sections.End.Value - sections.Start.Value) * GeneratedText.OptionsPerSection;
        var place = (int)((long)index * Stride % options);
        return (GeneratedText.Section(sections.Start.Value + (place / GeneratedText.OptionsPerSection)), GeneratedText.Option(place % GeneratedText.OptionsPerSection));
    }
}
