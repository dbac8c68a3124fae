using Cms.Formats.Modules;
using Xunit;

namespace Cms.Tests.Segments;

/// <summary>Compares two views in everything they can be asked.</summary>
internal static class ViewAssert
{
    public static void Same(IModuleView expected, IModuleView actual, string context)
    {
        var difference = Difference(expected, actual);
        Assert.True(difference is null, $"{context}: {difference}");
    }

    /// <summary>The first difference in words, or null.</summary>
    public static string? Difference(IModuleView expected, IModuleView actual)
    {
        if (expected.Revision != actual.Revision || expected.NextSection != actual.NextSection || expected.SectionCount != actual.SectionCount)
        {
            return $"revision {actual.Revision}, next {actual.NextSection}, count {actual.SectionCount} instead of {expected.Revision}, {expected.NextSection}, {expected.SectionCount}";
        }

        var sections = actual.Sections().ToList();
        if (!expected.Sections().SequenceEqual(sections))
        {
            return "sections differ: " + string.Join(", ", sections) + " instead of " + string.Join(", ", expected.Sections());
        }

        return sections.Select(section => SectionDifference(expected, actual, section)).FirstOrDefault(difference => difference is not null);
    }

    private static string? SectionDifference(IModuleView expected, IModuleView actual, SectionView section)
    {
        if (actual.FindSection(section.Id) != section || (section.Name is { } name && actual.FindSection(name) != section))
        {
            return $"{section} is not found";
        }

        var options = actual.Options(section.Id).ToList();
        if (!expected.Options(section.Id).SequenceEqual(options))
        {
            return $"options of {section} differ: " + string.Join(", ", options) + " instead of " + string.Join(", ", expected.Options(section.Id));
        }

        var lost = options.Find(option => actual.FindOption(section.Id, option.Name) != option);
        return lost is null ? null : $"{lost} of {section} is not found";
    }
}
