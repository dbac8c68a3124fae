using Cms.Client.Wire;
using Cms.Formats.Modules;

namespace Cms.Cli.Output;

/// <summary>Prints differences as lines: <c>-</c> what was there, <c>+</c> what is there now, <c>~</c> what only stands or is called otherwise.</summary>
internal static class DifferencePrinter
{
    public static void Print(CommandOutput output, string module, WireDifference difference)
    {
        var path = $"{module}.{difference.Path}";
        switch (difference.Kind)
        {
            case "option":
                PrintLine(output, '-', path, difference.Old, isQuoted: true);
                PrintLine(output, '+', path, difference.New, isQuoted: true);
                break;
            case "section" or "type":
                PrintLine(output, '-', path, difference.Old, isQuoted: false);
                PrintLine(output, '+', path, difference.New, isQuoted: false);
                break;
            case "name":
                output.WriteLine(difference.Old is { } name ? $"~{path} was called {name}" : $"~{path} had no name");
                break;
            case "place":
                output.WriteLine($"~{path} moved from place {difference.Old} to {difference.New}");
                break;
            case "order":
                output.WriteLine(difference.New is { } order ? $"~{path} has its options in the order {order}" : $"~{path} has its rows in another order");
                break;
            case "table":
                PrintTable(output, path, difference);
                break;
            default:
                PrintRow(output, '-', path, difference.OldRow);
                PrintRow(output, '+', path, difference.NewRow);
                break;
        }
    }

    private static void PrintLine(CommandOutput output, char sign, string path, ConfigValue? value, bool isQuoted)
    {
        if (value is null)
        {
            return;
        }

        output.Write($"{sign}{path}=");
        if (isQuoted)
        {
            output.WriteQuoted(value);
        }
        else
        {
            output.Write(value.GetBytes().Span);
        }

        output.WriteLine();
    }

    private static void PrintTable(CommandOutput output, string path, WireDifference difference)
    {
        static string Columns(IReadOnlyList<WireColumn> columns) => string.Join(' ', columns.Select(column => $"{column.Name}:{column.Type}"));
        if (difference.OldColumns is { } old)
        {
            output.WriteLine($"-{path} table {Columns(old)}");
        }

        if (difference.NewColumns is { } columns)
        {
            output.WriteLine($"+{path} table {Columns(columns)}");
        }
    }

    private static void PrintRow(CommandOutput output, char sign, string path, IReadOnlyDictionary<string, ConfigValue>? row)
    {
        if (row is null)
        {
            return;
        }

        output.Write($"{sign}{path}");
        foreach (var (column, value) in row)
        {
            output.Write($" {column}=");
            output.WriteQuoted(value);
        }

        output.WriteLine();
    }
}
