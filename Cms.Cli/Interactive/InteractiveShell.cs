using System.Globalization;
using Cms.Cli.Completion;
using Cms.Cli.Output;
using Cms.Cli.Texts;
using Cms.Client;
using Cms.Formats.Refusals;
using Cms.Formats.Segments;

namespace Cms.Cli.Interactive;

/// <summary><c>cms</c> on a terminal: reads lines and runs them as commands, until its user leaves.</summary>
internal sealed class InteractiveShell
{
    private const string Undo = "undo";
    private const string Exit = "exit";

    private readonly NodePaths _paths = new(GlobalOptions.RunDirectory);
    private readonly TerminalScreen _screen = new();
    private readonly LineHistory _history = new(LineHistory.DefaultPath());
    private readonly LineEditor _editor;
    private readonly UndoLog _undo;
    private bool _isWarned;

    private InteractiveShell()
    {
        _editor = new LineEditor(_screen, _history, Complete);
        _undo = new UndoLog(_paths, RevisionOf);
    }

    /// <summary>Runs until the user leaves.</summary>
    /// <returns>The exit code.</returns>
    public static int Run()
    {
        try
        {
            var shell = new InteractiveShell();
            shell._screen.Print(Text.Of("shell.welcome", NativeCommands.Version.Split('+')[0]) + "\n");
            while (shell.Step())
            {
            }

            return ExitCodes.Success;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"cms: {failure.Message}");
            return ExitCodes.Failed;
        }
        finally
        {
            TerminalScreen.Release();
        }
    }

    // Reads and runs one line; false when the user leaves.
    private bool Step()
    {
        var staged = Staged();
        var (ending, line) = _editor.Read(staged == 0 ? "cms> " : string.Create(CultureInfo.InvariantCulture, $"cms({staged})> "), staged);
        if (ending == LineEditor.Ending.Left)
        {
            return Leaves(staged);
        }

        if (ending == LineEditor.Ending.Dropped || line.Trim().Length == 0)
        {
            return true;
        }

        _isWarned = false;
        var taken = LineWords.Of(line);
        if (taken.IsOpen)
        {
            Say(Text.Of("shell.quote"));
            return true;
        }

        var words = WithoutProgram(taken.Whole(line));
        Remember(line, words);
        return words.Count == 0 || words is not [Exit] and not ["quit"] ? Run(words) : Leaves(0);
    }

    // Who has something staged is told once; it stays staged.
    private bool Leaves(int staged)
    {
        if (staged == 0 || _isWarned)
        {
            return false;
        }

        _isWarned = true;
        Say(Text.Of("shell.staged", staged));
        return true;
    }

    private bool Run(IReadOnlyList<string> words)
    {
        TerminalScreen.Release();
        if (words is [Undo])
        {
            TakeBack();
            return true;
        }

        var before = _undo.Look();
        if (words.Count > 0)
        {
            using var paged = new PagedOutput(TerminalScreen.Height - 1);
            using var streams = new CommandStreams(Console.OpenStandardInput(), paged, Console.OpenStandardError());
            NativeCommands.Run(words, streams);
            streams.OutputText.Flush();
        }

        _undo.Note(before);
        return true;
    }

    private void TakeBack()
    {
        switch (_undo.Take())
        {
            case UndoLog.Step.Staged staged:
                Say(Text.Of("shell.undone", _undo.Drop(staged), staged.Module));
                break;
            case UndoLog.Step.Committed committed when RevisionOf(committed.Module) != committed.After:
                Say(Text.Of("shell.undo.others", committed.Module, committed.After));
                break;
            case UndoLog.Step.Committed committed:
                RollBack(committed);
                break;
            default:
                Say(Text.Of("shell.undo.nothing"));
                break;
        }
    }

    private void RollBack(UndoLog.Step.Committed committed)
    {
        _screen.Print(Text.Of("shell.undo.ask", committed.Module, committed.Before) + " ");
        var answer = TerminalScreen.ReadKey();
        TerminalScreen.Release();
        var isAgreed = char.ToLowerInvariant(answer.KeyChar) is 'y' or 'j';
        _screen.Print(isAgreed ? $"{answer.KeyChar}\n" : "\n");
        if (isAgreed)
        {
            using var streams = CommandStreams.OfProcess();
            NativeCommands.Run(["rollback", committed.Module, "--to", committed.Before.ToString(CultureInfo.InvariantCulture)], streams);
        }
    }

    private void Remember(string line, IReadOnlyList<string> words)
    {
        using var context = NewContext();
        if (!new SecretLines(context).IsSecret(words))
        {
            _history.Add(line);
        }
    }

    private IReadOnlyList<Candidate> Complete(IReadOnlyList<string> words)
    {
        words = words.Count > 1 ? WithoutProgram(words) : words;
        using var context = NewContext();
        var candidates = new Completer(new AddressCompletion(context, new CompletionBudget(TimeProvider.System, Completer.Patience))).Complete(words);
        return words.Count > 1 ? candidates : [.. candidates, .. new[] { Exit, Undo }.Where(name => name.StartsWith(words[0], StringComparison.Ordinal)).Select(name => new Candidate(name))];
    }

    private int Staged()
    {
        try
        {
            return _undo.Look().Staged.Values.Sum();
        }
        catch (RefusedException damaged)
        {
            Say(damaged.Message);
            return 0;
        }
    }

    private long? RevisionOf(string module)
    {
        try
        {
            using var reader = SegmentReader.Open(_paths.SegmentOf(module));
            return reader.Snapshot().Revision.Value;
        }
        catch (SegmentException)
        {
            // A module that cannot be read has nothing to go back to.
            return null;
        }
    }

    private CommandContext NewContext() => new(_paths, new CommandOutput(Stream.Null, Stream.Null, OutputFormat.Text), Stream.Null);

    private void Say(string text) => _screen.Print($"cms: {text}\n");

    // Out of habit the program's name is typed here, too.
    private static IReadOnlyList<string> WithoutProgram(IReadOnlyList<string> words) => words is ["cms", ..] ? [.. words.Skip(1)] : words;
}
