using System.Text;
using Cms.Formats.Modules;

namespace Cms.Tests.Simulation;

/// <summary>Compares what a UCI text can hold of two states: sections and options in order, values as texts.</summary>
internal static class ContentAssert
{
    /// <summary>The first difference in words, or null.</summary>
    public static string? Difference(IModuleView expected, IModuleView actual)
    {
        var (wanted, found) = (Lines(expected), Lines(actual));
        var place = wanted.Zip(found).TakeWhile(pair => pair.First == pair.Second).Count();
        return place == wanted.Count && place == found.Count
            ? null
            : $"line {place} is '{found.ElementAtOrDefault(place)}' instead of '{wanted.ElementAtOrDefault(place)}'";
    }

    private static List<string> Lines(IModuleView view)
    {
        var lines = new List<string>();
        foreach (var section in view.Sections())
        {
            lines.Add($"config {section.Type} {section.Name}");
            lines.AddRange(view.Options(section.Id).Where(option => option.Value.Count > 0).Select(option =>
                $"{(option.Value.IsList ? "list" : "option")} {option.Name} {string.Join(' ', option.Value.Elements().Select(text => Encoding.UTF8.GetString(text.Span)))}"));
        }

        return lines;
    }
}
