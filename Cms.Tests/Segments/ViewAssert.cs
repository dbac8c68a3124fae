using Cms.Formats.Modules;
using Cms.Formats.Tables;
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

        return sections.Select(section => SectionDifference(expected, actual, section)).FirstOrDefault(difference => difference is not null)
            ?? TablesDifference(expected, actual);
    }

    private static string? TablesDifference(IModuleView expected, IModuleView actual)
    {
        var tables = actual.Tables().ToList();
        if (!expected.Tables().SequenceEqual(tables))
        {
            return "tables differ: " + string.Join(", ", tables) + " instead of " + string.Join(", ", expected.Tables());
        }

        var missing = Enumerable.Range(0, 8).Select(number => $"t{number}").FirstOrDefault(name => expected.FindTable(name) != actual.FindTable(name));
        return missing is null ? tables.Select(table => TableDifference(expected, actual, table)).FirstOrDefault(difference => difference is not null) : $"table {missing} differs";
    }

    private static string? TableDifference(IModuleView expected, IModuleView actual, TableView table)
    {
        var rows = actual.Rows(table.Name).ToList();
        if (rows.Count != table.RowCount || !expected.Rows(table.Name).SequenceEqual(rows))
        {
            return $"rows of {table} differ: {rows.Count} instead of {expected.Rows(table.Name).Count()}";
        }

        if (rows.Find(row => actual.FindRow(table.Name, row.Row.Key) != row) is { } lost)
        {
            return $"{lost} of {table} is not found";
        }

        foreach (var column in table.Schema.Indexed.Append(table.Schema.PrimaryKey))
        {
            foreach (var held in rows.GroupBy(row => Convert.ToHexString(RowReader.Of(table.Schema, row.Row, default).GetValue(column).Encoding.Span)))
            {
                var found = actual.FindRows(table.Name, column, Convert.FromHexString(held.Key)).ToHashSet();
                if (!found.SetEquals(held) || found.Count != held.Count())
                {
                    return $"{held.Key} in column {column} of {table} leads to {found.Count} rows instead of {held.Count()}";
                }
            }

            if (actual.FindRows(table.Name, column, "nobody holds this"u8.ToArray()).Any())
            {
                return $"a value that no row holds is found in {table}";
            }
        }

        return null;
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
