using System.Text;
using Xunit;

namespace Cms.Tests.Uci;

/// <summary>Replays every command of the recorded session with the reference and compares all it prints, answers and writes.</summary>
public class GoldenTranscriptTests
{
    private const int RecordedCommandCount = 264;

    // The reference acknowledges these three and loses them; here they are refused at once. Nothing else may differ.
    private static readonly Dictionary<string, (string Error, int Code)> Refused = new(StringComparer.Ordinal)
    {
        [@"uci add t bad\ type"] = ("uci: Invalid argument", 2),
        ["uci rename t.rr=a-b"] = ("uci: Invalid argument", 1),
        ["uci add_list t.lan=1"] = ("uci: Invalid argument", 1),
    };

    // The lines that the reference's deltas, and its list of changes, have because of the three above.
    private static readonly HashSet<string> LostLines = new(StringComparer.Ordinal)
    {
        "+t.cfg0669ce='bad type'",
        "t.cfg0669ce='bad type'",
        "@t.rr='a-b'",
        "|t.lan='1'",
    };

    public static TheoryData<string> Titles => [.. Transcript.Load().Blocks.Select(block => block.Title)];

    [Fact]
    public void The_transcript_has_all_recorded_commands() =>
        Assert.Equal(RecordedCommandCount, Transcript.Load().Blocks.Sum(block => block.Steps.Count(step => step.Kind == Transcript.StepKind.Command)));

    [Theory]
    [MemberData(nameof(Titles))]
    public void Block_is_replayed_to_the_byte(string title)
    {
        using var machine = new UciMachine();
        var block = Transcript.Load().Blocks.Single(one => one.Title == title);
        Prepare(machine, title);
        foreach (var step in block.Steps)
        {
            Replay(machine, step);
        }
    }

    private static void Prepare(UciMachine machine, string title)
    {
        switch (title)
        {
            case "files with dots / dirs ignored":
                Directory.CreateDirectory(Path.Join(machine.ConfigDirectory, "directory"));
                machine.Write("ok", string.Empty);
                machine.Write("b-a-d", string.Empty);
                machine.Write("with.dot", "config a b\n");
                machine.Write("with blank", "config a b\n");
                break;
            case "corrupt file and listing":
                machine.Write("a", "foo bar\n");
                break;
            case "permissions and mode preserved":
                File.SetUnixFileMode(Path.Join(machine.ConfigDirectory, "t"), (UnixFileMode)Convert.ToInt32("640", 8));
                break;
            case "delta cmd chars":
                machine.WriteDelta(
                    "t",
                    "t.lan.proto='x'\n-t.lan.ip\n+t.cfg99='rule'\ngarbage\nu.lan.proto='y'\nt.@rule[0].name='no'\n" +
                    "@t.named='nm'\n^t.nm='0'\n|t.lan.dns='7'\n~t.lan.dns='8.8.8.8'\n");
                break;
            default:
                break;
        }
    }

    private static void Replay(UciMachine machine, Transcript.Step step)
    {
        switch (step.Kind)
        {
            case Transcript.StepKind.Command:
                ReplayCommand(machine, step);
                break;
            case Transcript.StepKind.Delta:
                Assert.Equal(Without(step.Lines), Lines(machine.Delta(Path.GetFileName(step.Text))));
                break;
            case Transcript.StepKind.Config:
                Assert.Equal(step.Lines, Lines(Transcript.Visible(File.ReadAllBytes(Path.Join(machine.Root, step.Text)))));
                break;
            case Transcript.StepKind.Input:
                File.WriteAllBytes(Path.Join(machine.ConfigDirectory, "pe"), Transcript.Invisible(step.Lines.Select(line => line[2..])));
                break;
            default:
                break;
        }
    }

    private static void ReplayCommand(UciMachine machine, Transcript.Step step)
    {
        var (command, input) = TakeInput(step.Text);
        var words = ShellWords.Split(command);
        Assert.Equal("uci", Encoding.UTF8.GetString(words[0]));
        var answer = machine.Run([.. words.Skip(1)], input);

        var output = step.Lines.Where(line => !line.StartsWith("2> ", StringComparison.Ordinal));
        var error = step.Lines.Where(line => line.StartsWith("2> ", StringComparison.Ordinal)).Select(line => line[3..]);
        var code = step.ExitCode;
        if (Refused.TryGetValue(step.Text, out var refusal))
        {
            (output, error, code) = ([], [refusal.Error], refusal.Code);
        }

        var place = $"$ {step.Text}\n";
        Assert.Equal(place + Join(Without(output)), place + answer.Output);
        Assert.Equal(place + Join(error), place + (answer.Error.Contains("Usage:", StringComparison.Ordinal) ? "(usage text)\n" : answer.Error));
        Assert.Equal((step.Text, code), (step.Text, answer.Code));
    }

    private static (string Command, byte[] Input) TakeInput(string text)
    {
        const string Print = "printf %b ";
        const string Pipe = " | uci";
        if (!text.StartsWith(Print, StringComparison.Ordinal))
        {
            return (text, []);
        }

        var pipe = text.LastIndexOf(Pipe, StringComparison.Ordinal);
        var argument = ShellWords.Split(text[Print.Length..pipe]);
        return (text[(pipe + 3)..], ShellWords.Unescape(argument.Count == 0 ? [] : argument[0]));
    }

    private static string Join(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));

    private static IEnumerable<string> Without(IEnumerable<string> lines) => lines.Where(line => !LostLines.Contains(line));

    private static string[] Lines(string text) => text.Length == 0 ? [] : (text[^1] == '\n' ? text[..^1] : text).Split('\n');
}
