namespace Cms.Cli.Interactive;

/// <summary>A line while it is typed, and where the cursor is in it; the keys of Emacs do to it what they do there. Pure.</summary>
internal sealed class LineBuffer
{
    private string _killed = "";

    /// <summary>What is typed.</summary>
    public string Text { get; private set; } = "";

    /// <summary>The character before which the cursor stands; at most the length of the text.</summary>
    public int Cursor { get; private set; }

    /// <summary>What stands before the cursor.</summary>
    public string Before => Text[..Cursor];

    /// <summary>Has another text, with the cursor at its end.</summary>
    public void Replace(string text) => (Text, Cursor) = (text, text.Length);

    /// <summary>Has another text before the cursor, from an index on.</summary>
    public void ReplaceBefore(int from, string text) => (Text, Cursor) = (Text[..from] + text + Text[Cursor..], from + text.Length);

    /// <summary>Types a text.</summary>
    public void Insert(string text) => ReplaceBefore(Cursor, text);

    /// <summary>Moves by whole characters; a pair of surrogates is one.</summary>
    public void Move(int characters) => Cursor = characters < 0 ? Previous() : Next();

    /// <summary>Moves to the start.</summary>
    public void MoveToStart() => Cursor = 0;

    /// <summary>Moves to the end.</summary>
    public void MoveToEnd() => Cursor = Text.Length;

    /// <summary>Moves to the start of the word before the cursor.</summary>
    public void MoveWordBack() => Cursor = WordStart();

    /// <summary>Moves behind the word after the cursor.</summary>
    public void MoveWordForward() => Cursor = WordEnd();

    /// <summary>Deletes the character before the cursor.</summary>
    public void DeleteBack() => ReplaceBefore(Previous(), "");

    /// <summary>Deletes the character after the cursor.</summary>
    public void DeleteForward() => Text = Text.Remove(Cursor, Next() - Cursor);

    /// <summary>Takes away everything behind the cursor.</summary>
    public void KillToEnd() => (_killed, Text) = (Text[Cursor..], Text[..Cursor]);

    /// <summary>Takes away everything before the cursor.</summary>
    public void KillToStart() => (_killed, Text, Cursor) = (Text[..Cursor], Text[Cursor..], 0);

    /// <summary>Takes away what lies back to the blank before the cursor.</summary>
    public void KillBlankBack()
    {
        var end = Before.TrimEnd().Length;
        var from = Text[..end].LastIndexOf(' ') + 1;
        _killed = Text[from..Cursor];
        ReplaceBefore(from, "");
    }

    /// <summary>Takes away the word before the cursor.</summary>
    public void KillWordBack()
    {
        var from = WordStart();
        _killed = Text[from..Cursor];
        ReplaceBefore(from, "");
    }

    /// <summary>Takes away the word after the cursor.</summary>
    public void KillWordForward()
    {
        var end = WordEnd();
        (_killed, Text) = (Text[Cursor..end], Text.Remove(Cursor, end - Cursor));
    }

    /// <summary>Types what was taken away last.</summary>
    public void Yank() => Insert(_killed);

    private int Previous() => Cursor == 0 ? 0 : Cursor - (Cursor > 1 && char.IsSurrogatePair(Text, Cursor - 2) ? 2 : 1);

    private int Next() => Cursor == Text.Length ? Cursor : Cursor + (char.IsSurrogatePair(Text, Cursor) ? 2 : 1);

    private int WordStart()
    {
        var index = Cursor;
        while (index > 0 && !char.IsLetterOrDigit(Text[index - 1]))
        {
            index--;
        }

        while (index > 0 && char.IsLetterOrDigit(Text[index - 1]))
        {
            index--;
        }

        return index;
    }

    private int WordEnd()
    {
        var index = Cursor;
        while (index < Text.Length && !char.IsLetterOrDigit(Text[index]))
        {
            index++;
        }

        while (index < Text.Length && char.IsLetterOrDigit(Text[index]))
        {
            index++;
        }

        return index;
    }
}
