using Cms.Cli.Output;

namespace Cms.Cli.Interactive;

/// <summary>The terminal that a line is typed on.</summary>
internal sealed class TerminalScreen
{
    private const int LeastWidth = 10;

    // Of a terminal that does not say, as one on a serial line.
    private const int UsualWidth = 80;
    private const int UsualHeight = 24;
    private const string Green = "\e[32m";
    private const string Yellow = "\e[33m";
    private const string Plain = "\e[0m";

    private readonly TextWriter _output = Console.Out;

    /// <summary>Whether colours are wanted: not where NO_COLOR is set, nor on a terminal that knows none.</summary>
    public bool IsColoured { get; } = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>Columns, as the terminal is now.</summary>
    public static int Width => Console.WindowWidth is > 0 and var columns ? Math.Max(columns, LeastWidth) : UsualWidth;

    /// <summary>Lines, as the terminal is now.</summary>
    public static int Height => Console.WindowHeight is > 0 and var lines ? Math.Max(lines, 2) : UsualHeight;

    /// <summary>Waits for a key; Ctrl-C is one.</summary>
    public static ConsoleKeyInfo ReadKey()
    {
        Console.TreatControlCAsInput = true;
        return Console.ReadKey(intercept: true);
    }

    /// <summary>Gives Ctrl-C back its meaning, which is to end a command.</summary>
    public static void Release() => Console.TreatControlCAsInput = false;

    /// <summary>Shows the line that is typed; what does not fit moves out at the left.</summary>
    public void Show(string prompt, int staged, LineBuffer line)
    {
        var room = Width - TextWidth.Of(prompt) - 1;
        var from = 0;
        while (TextWidth.Of(line.Text[from..line.Cursor]) > room && from < line.Cursor)
        {
            from++;
        }

        var end = line.Text.Length;
        while (end > line.Cursor && TextWidth.Of(line.Text[from..end]) > room)
        {
            end--;
        }

        var colour = !IsColoured ? "" : staged > 0 ? Yellow : Green;
        var column = TextWidth.Of(prompt) + TextWidth.Of(line.Text[from..line.Cursor]);
        _output.Write($"\r{colour}{prompt}{(IsColoured ? Plain : "")}{line.Text[from..end]}\e[K\r\e[{column}C");
        _output.Flush();
    }

    /// <summary>Goes to a new line.</summary>
    public void Break() => Print("\n");

    /// <summary>Clears the screen.</summary>
    public void Clear() => Print("\e[H\e[2J");

    /// <summary>Prints a text as it is.</summary>
    public void Print(string text)
    {
        _output.Write(text);
        _output.Flush();
    }

    /// <summary>Prints words in columns.</summary>
    public void PrintColumns(IReadOnlyList<string> words)
    {
        var width = words.Max(TextWidth.Of) + 2;
        var columns = Math.Max(Width / width, 1);
        var rows = (words.Count + columns - 1) / columns;
        for (var row = 0; row < rows; row++)
        {
            for (var index = row; index < words.Count; index += rows)
            {
                _output.Write(index + rows < words.Count ? words[index] + new string(' ', width - TextWidth.Of(words[index])) : words[index]);
            }

            _output.Write('\n');
        }

        _output.Flush();
    }
}
