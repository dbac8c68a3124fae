using Cms.Cli.Completion;

namespace Cms.Cli.Interactive;

/// <summary>Reads a line from the terminal, with the keys of Emacs, history and completion.</summary>
/// <param name="screen">The terminal.</param>
/// <param name="history">What was typed before.</param>
/// <param name="complete">What the last of some words may become.</param>
internal sealed class LineEditor(TerminalScreen screen, LineHistory history, Func<IReadOnlyList<string>, IReadOnlyList<Candidate>> complete)
{
    private readonly LineBuffer _line = new();
    private string _searched = "";

    /// <summary>How a line ended.</summary>
    public enum Ending
    {
        Entered,
        Dropped,
        Left,
    }

    /// <summary>Reads a line.</summary>
    /// <param name="prompt">Stands before it.</param>
    /// <param name="staged">How many changes are staged, which colours the prompt.</param>
    public (Ending Ending, string Text) Read(string prompt, int staged)
    {
        _line.Replace("");
        history.Rewind();
        while (true)
        {
            screen.Show(prompt, staged, _line);
            var key = TerminalScreen.ReadKey();
            var isControl = key.Modifiers.HasFlag(ConsoleModifiers.Control);
            if (key.Key == ConsoleKey.Enter || (isControl && key.Key is ConsoleKey.J or ConsoleKey.M))
            {
                return End(Ending.Entered, "\n");
            }

            if (isControl && key.Key == ConsoleKey.C)
            {
                return End(Ending.Dropped, "^C\n");
            }

            if (isControl && key.Key == ConsoleKey.D && _line.Text.Length == 0)
            {
                return End(Ending.Left, "\n");
            }

            if (!(isControl && key.Key == ConsoleKey.R))
            {
                _searched = "";
            }

            Press(key, isControl);
        }
    }

    private (Ending Ending, string Text) End(Ending ending, string shown)
    {
        _line.MoveToEnd();
        screen.Print(shown);
        return (ending, _line.Text);
    }

    private void Press(ConsoleKeyInfo key, bool isControl)
    {
        if (key.Key == ConsoleKey.Tab)
        {
            Complete();
        }
        else if (key.Modifiers.HasFlag(ConsoleModifiers.Alt))
        {
            PressWithAlt(key.Key);
        }
        else if (isControl)
        {
            PressWithControl(key.Key);
        }
        else if (!PressMoving(key.Key) && !char.IsControl(key.KeyChar))
        {
            _line.Insert(key.KeyChar.ToString());
        }
    }

    private bool PressMoving(ConsoleKey key)
    {
        switch (key)
        {
            case ConsoleKey.LeftArrow: _line.Move(-1); break;
            case ConsoleKey.RightArrow: _line.Move(1); break;
            case ConsoleKey.Home: _line.MoveToStart(); break;
            case ConsoleKey.End: _line.MoveToEnd(); break;
            case ConsoleKey.UpArrow: GoBack(); break;
            case ConsoleKey.DownArrow: _line.Replace(history.Forward() ?? ""); break;
            case ConsoleKey.Backspace: _line.DeleteBack(); break;
            case ConsoleKey.Delete: _line.DeleteForward(); break;
            default: return false;
        }

        return true;
    }

    private void PressWithControl(ConsoleKey key)
    {
        switch (key)
        {
            case ConsoleKey.A: _line.MoveToStart(); break;
            case ConsoleKey.E: _line.MoveToEnd(); break;
            case ConsoleKey.B: _line.Move(-1); break;
            case ConsoleKey.F: _line.Move(1); break;
            case ConsoleKey.LeftArrow: _line.MoveWordBack(); break;
            case ConsoleKey.RightArrow: _line.MoveWordForward(); break;
            case ConsoleKey.P: GoBack(); break;
            case ConsoleKey.N: _line.Replace(history.Forward() ?? ""); break;
            case ConsoleKey.H or ConsoleKey.Backspace: _line.DeleteBack(); break;
            case ConsoleKey.D or ConsoleKey.Delete: _line.DeleteForward(); break;
            case ConsoleKey.K: _line.KillToEnd(); break;
            case ConsoleKey.U: _line.KillToStart(); break;
            case ConsoleKey.W: _line.KillBlankBack(); break;
            case ConsoleKey.Y: _line.Yank(); break;
            case ConsoleKey.L: screen.Clear(); break;
            case ConsoleKey.R: Search(); break;
            default: break;
        }
    }

    private void PressWithAlt(ConsoleKey key)
    {
        switch (key)
        {
            case ConsoleKey.B or ConsoleKey.LeftArrow: _line.MoveWordBack(); break;
            case ConsoleKey.F or ConsoleKey.RightArrow: _line.MoveWordForward(); break;
            case ConsoleKey.D: _line.KillWordForward(); break;
            case ConsoleKey.Backspace: _line.KillWordBack(); break;
            default: break;
        }
    }

    private void GoBack()
    {
        if (history.Back(_ => true) is { } line)
        {
            _line.Replace(line);
        }
    }

    // Each further press goes to an older line with the text that the first was pressed on.
    private void Search()
    {
        _searched = _searched.Length > 0 ? _searched : _line.Text;
        if (history.Back(line => line.Contains(_searched, StringComparison.Ordinal)) is { } found)
        {
            _line.Replace(found);
        }
    }

    private void Complete()
    {
        var taken = LineWords.Of(_line.Before);
        var candidates = complete(taken.Words);
        if (candidates.Count == 0)
        {
            screen.Print("\a");
            return;
        }

        var common = candidates.Select(each => each.Text).Aggregate(Common);
        var isWhole = candidates.Count == 1 && !candidates[0].IsPartial;
        if (common.Length > taken.Words[^1].Length || isWhole)
        {
            _line.ReplaceBefore(taken.LastStart, Quote(common) + (isWhole ? " " : ""));
            return;
        }

        screen.Break();
        screen.PrintColumns([.. candidates.Select(each => each.Text)]);
    }

    private static string Common(string left, string right)
    {
        var length = 0;
        while (length < left.Length && length < right.Length && left[length] == right[length])
        {
            length++;
        }

        return left[..length];
    }

    private static string Quote(string word) =>
        word.AsSpan().IndexOfAny(" \t'\"\\") < 0 ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
