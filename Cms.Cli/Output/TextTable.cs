using System.Text;

namespace Cms.Cli.Output;

/// <summary>A column of a <see cref="TextTable"/>.</summary>
/// <param name="Header">What stands above it; empty for none.</param>
/// <param name="LeastWidth">The columns that it takes at least, where there is room.</param>
internal readonly record struct TextColumn(string Header, int LeastWidth)
{
    /// <summary>Whether it stands at the right edge, as numbers do.</summary>
    public bool IsRight { get; init; }

    /// <summary>Whether its cells may be cut when the terminal is too narrow; what is cut ends in an ellipsis.</summary>
    public bool IsElastic { get; init; }

    /// <summary>What stands between it and the column before.</summary>
    public int Gap { get; init; } = 2;
}

/// <summary>Lines of columns that fit the terminal; where there is none, every cell stands in full.</summary>
/// <remarks>
/// Of the columns that may be cut, the widest is cut first. When that is not enough the line is as long as it must be. A line that
/// was added below a row is wrapped, never cut.
/// </remarks>
internal sealed class TextTable(params TextColumn[] columns)
{
    private const int Indent = 2;
    private const int NarrowestColumn = 8;

    private readonly List<(string[] Cells, bool IsNote)> _rows = [];

    /// <summary>Adds a row.</summary>
    public void Add(params string[] cells) => _rows.Add((cells, false));

    /// <summary>Adds a line of its own below the last row.</summary>
    public void AddNote(string text) => _rows.Add(([text], true));

    /// <summary>Writes all lines.</summary>
    public void Write(CommandOutput output)
    {
        var widths = Fit(output.Columns);
        if (Array.Exists(columns, column => column.Header.Length > 0))
        {
            output.WriteLine(Line([.. columns.Select(column => column.Header)], widths, output.Columns is not null));
        }

        foreach (var (cells, isNote) in _rows)
        {
            if (isNote)
            {
                WriteNote(output, cells[0]);
            }
            else
            {
                output.WriteLine(Line(cells, widths, output.Columns is not null));
            }
        }
    }

    private int[] Fit(int? most)
    {
        var widths = columns.Select((column, index) => Math.Max(
            Math.Max(column.LeastWidth, TextWidth.Of(column.Header)),
            _rows.Where(row => !row.IsNote).Select(row => TextWidth.Of(row.Cells[index])).DefaultIfEmpty().Max())).ToArray();
        var excess = widths.Sum() + columns.Skip(1).Sum(column => column.Gap) - (most ?? int.MaxValue);
        while (excess > 0)
        {
            var widest = Enumerable.Range(0, columns.Length).Where(index => columns[index].IsElastic).OrderByDescending(index => widths[index]).FirstOrDefault(-1);
            if (widest < 0 || widths[widest] <= NarrowestColumn)
            {
                break;
            }

            widths[widest]--;
            excess--;
        }

        return widths;
    }

    private string Line(string[] cells, int[] widths, bool isTerminal)
    {
        var line = new StringBuilder();
        for (var index = 0; index < columns.Length; index++)
        {
            var harmless = TextWidth.Harmless(cells[index]);
            var cell = isTerminal ? TextWidth.Cut(harmless, widths[index]) : harmless;
            var padding = Math.Max(0, widths[index] - TextWidth.Of(cell));
            line.Append(' ', index == 0 ? 0 : columns[index].Gap);
            line.Append(' ', columns[index].IsRight ? padding : 0).Append(cell).Append(' ', columns[index].IsRight ? 0 : padding);
        }

        return line.ToString().TrimEnd();
    }

    private static void WriteNote(CommandOutput output, string text)
    {
        if (output.Columns is not { } most || most <= NarrowestColumn + Indent)
        {
            output.WriteLine($"{new string(' ', Indent)}{TextWidth.Harmless(text)}");
            return;
        }

        var line = new StringBuilder();
        foreach (var word in TextWidth.Harmless(text).Split(' '))
        {
            if (line.Length > 0 && Indent + TextWidth.Of(line.ToString()) + 1 + TextWidth.Of(word) > most)
            {
                output.WriteLine($"{new string(' ', Indent)}{line}");
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        output.WriteLine($"{new string(' ', Indent)}{line}");
    }
}
