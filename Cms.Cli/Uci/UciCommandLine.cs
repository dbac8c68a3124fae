using System.Text;

namespace Cms.Cli.Uci;

/// <summary>The options before and between the words of a <c>uci</c> command line.</summary>
internal sealed class UciCommandLine
{
    private const string OptionsWithArgument = "cCdfpPt";
    private const string OptionsWithout = "LmnNqsSX";

    private readonly List<string> _deltaDirectories = [];

    private UciCommandLine(UciEnvironment environment)
    {
        ConfigDirectory = environment.ConfigDirectory;
        OverrideDirectory = environment.OverrideDirectory;
        _deltaDirectories.Add(environment.SaveDirectory);
    }

    /// <summary>The words that are no options: the command and its arguments.</summary>
    public List<ReadOnlyMemory<byte>> Words { get; } = [];

    public string ConfigDirectory { get; private set; }

    public string OverrideDirectory { get; private set; }

    /// <summary>Where deltas are read from, in order; new ones go to the last.</summary>
    public IReadOnlyList<string> DeltaDirectories => _deltaDirectories;

    public string SaveDirectory => _deltaDirectories[^1];

    public byte[] Delimiter { get; private set; } = " "u8.ToArray();

    public string? InputPath { get; private set; }

    public bool HasTooManyInputs { get; private set; }

    public bool IsMerging { get; private set; }

    public bool IsNamingAnonymous { get; private set; }

    public bool IsCommitOff { get; private set; }

    public bool IsQuiet { get; private set; }

    public bool IsStrict { get; private set; } = true;

    public bool IsReportingSkippedLines { get; private set; }

    public bool IsShowingSelectors { get; private set; } = true;

    /// <summary>Why the options are wrong, or null.</summary>
    public string? Complaint { get; private set; }

    /// <summary>Reads options as getopt does, wherever they stand, up to <c>--</c>.</summary>
    public static UciCommandLine Parse(IReadOnlyList<ReadOnlyMemory<byte>> arguments, UciEnvironment environment)
    {
        var line = new UciCommandLine(environment);
        for (var index = 0; index < arguments.Count && line.Complaint is null; index++)
        {
            var argument = arguments[index];
            if (argument.Span.SequenceEqual("--"u8))
            {
                line.Words.AddRange(arguments.Skip(index + 1));
                break;
            }

            if (argument.Length < 2 || argument.Span[0] != '-')
            {
                line.Words.Add(argument);
                continue;
            }

            line.TakeCluster(argument[1..], arguments, ref index);
        }

        return line;
    }

    private void TakeCluster(ReadOnlyMemory<byte> letters, IReadOnlyList<ReadOnlyMemory<byte>> arguments, ref int index)
    {
        for (var at = 0; at < letters.Length; at++)
        {
            var letter = (char)letters.Span[at];
            if (OptionsWithout.Contains(letter))
            {
                Switch(letter);
                continue;
            }

            if (!OptionsWithArgument.Contains(letter))
            {
                Complaint = $"invalid option -- '{letter}'";
                return;
            }

            var rest = letters[(at + 1)..];
            if (rest.IsEmpty && ++index == arguments.Count)
            {
                Complaint = $"option requires an argument -- '{letter}'";
                return;
            }

            Assign(letter, rest.IsEmpty ? arguments[index] : rest);
            return;
        }
    }

    private void Switch(char letter)
    {
        switch (letter)
        {
            case 'm':
                IsMerging = true;
                break;
            case 'n' or 'N':
                IsNamingAnonymous = letter == 'n';
                break;
            case 'q':
                IsQuiet = true;
                break;
            case 's':
                IsStrict = true;
                break;
            case 'S':
                IsStrict = false;
                IsReportingSkippedLines = true;
                break;
            case 'X':
                IsShowingSelectors = false;
                break;
            default:
                break;
        }
    }

    private void Assign(char letter, ReadOnlyMemory<byte> argument)
    {
        var text = Encoding.UTF8.GetString(argument.Span);
        switch (letter)
        {
            case 'c':
                ConfigDirectory = text;
                break;
            case 'C':
                OverrideDirectory = text;
                break;
            case 'd':
                Delimiter = argument.ToArray();
                break;
            case 'f':
                HasTooManyInputs = InputPath is not null;
                InputPath = text;
                break;
            case 'p' when !_deltaDirectories.Contains(text):
                _deltaDirectories.Insert(_deltaDirectories.Count - 1, text);
                break;
            case 'P' or 't':
                _deltaDirectories.Remove(text);
                _deltaDirectories.Add(text);
                IsCommitOff |= letter == 'P';
                break;
            default:
                break;
        }
    }
}
