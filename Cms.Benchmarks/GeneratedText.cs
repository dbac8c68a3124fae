using System.Globalization;
using System.Text;

namespace Cms.Benchmarks;

/// <summary>UCI texts of named sections with ten options each: keys of 20 bytes (section, dot, option), values of 10.</summary>
internal static class GeneratedText
{
    /// <summary>How many options each section has.</summary>
    public const int OptionsPerSection = 10;

    /// <summary>A section's name.</summary>
    public static string Section(int index) => string.Create(CultureInfo.InvariantCulture, $"sect{index:D6}");

    /// <summary>An option's name.</summary>
    public static string Option(int index) => string.Create(CultureInfo.InvariantCulture, $"option{index:D3}");

    /// <summary>The value that the text gives an option.</summary>
    public static string Value(int section, int option) =>
        string.Create(CultureInfo.InvariantCulture, $"{((section * OptionsPerSection) + option) * 37L % 10_000_000_000L:D10}");

    /// <summary>Writes sections from the first on.</summary>
    public static void Write(Stream output, int sectionCount)
    {
        using var writer = new StreamWriter(output, new UTF8Encoding(false), 1 << 16, leaveOpen: true);
        for (var section = 0; section < sectionCount; section++)
        {
            WriteSection(writer, section);
        }
    }

    /// <summary>Writes sections until the text is at least this long.</summary>
    /// <returns>How many sections there are.</returns>
    public static int WriteUntil(Stream output, long sizeBytes)
    {
        using var writer = new StreamWriter(output, new UTF8Encoding(false), 1 << 16, leaveOpen: true);
        var section = 0;
        while (output.Position < sizeBytes)
        {
            WriteSection(writer, section);
            section++;
        }

        return section;
    }

    /// <summary>The text of so many sections.</summary>
    public static byte[] Of(int sectionCount)
    {
        using var text = new MemoryStream();
        Write(text, sectionCount);
        return text.ToArray();
    }

    private static void WriteSection(StreamWriter writer, int section)
    {
        writer.Write($"\nconfig interface '{Section(section)}'\n");
        for (var option = 0; option < OptionsPerSection; option++)
        {
            writer.Write($"\toption {Option(option)} '{Value(section, option)}'\n");
        }
    }
}
