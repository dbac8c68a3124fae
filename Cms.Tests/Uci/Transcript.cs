using System.Globalization;
using System.Text;
using Xunit;

namespace Cms.Tests.Uci;

/// <summary>The recorded session with the reference command line, block by block and step by step.</summary>
internal sealed class Transcript
{
    private Transcript(IReadOnlyList<Block> blocks) => Blocks = blocks;

    public IReadOnlyList<Block> Blocks { get; }

    public static Transcript Load()
    {
        var blocks = new List<Block>();
        foreach (var line in File.ReadAllLines(Path.Join(AppContext.BaseDirectory, "Golden", "uci-golden.txt")))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                blocks.Add(new Block(line[3..], []));
            }
            else if (blocks.Count > 0)
            {
                Take(blocks[^1].Steps, line);
            }
        }

        return new Transcript(blocks);
    }

    /// <summary>As <c>cat -A</c> shows bytes.</summary>
    public static string Visible(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (var value in bytes)
        {
            text.Append(value switch
            {
                (byte)'\n' => "$\n",
                < 32 => $"^{(char)(value + 64)}",
                _ => ((char)value).ToString(),
            });
        }

        return text.ToString();
    }

    /// <summary>The bytes of lines that <c>cat -A</c> showed.</summary>
    public static byte[] Invisible(IEnumerable<string> lines)
    {
        var bytes = new List<byte>();
        foreach (var line in lines)
        {
            for (var index = 0; index < line.Length - 1; index++)
            {
                if (line[index] == '^')
                {
                    bytes.Add((byte)(line[++index] - 64));
                }
                else if (line[index] == 'M' && line[index + 1] == '-')
                {
                    var isControl = line[index + 2] == '^';
                    bytes.Add((byte)((isControl ? line[index + 3] - 64 : line[index + 2]) + 128));
                    index += isControl ? 3 : 2;
                }
                else
                {
                    bytes.Add((byte)line[index]);
                }
            }

            Assert.Equal('$', line[^1]);
            bytes.Add((byte)'\n');
        }

        return [.. bytes];
    }

    private static void Take(List<Step> steps, string line)
    {
        if (line.StartsWith("$ ", StringComparison.Ordinal))
        {
            steps.Add(new Step(StepKind.Command, line[2..]));
        }
        else if (line.StartsWith("# ", StringComparison.Ordinal))
        {
            steps.Add(new Step(line.StartsWith("# delta", StringComparison.Ordinal) ? StepKind.Delta : StepKind.Config, line.Split(' ')[^1].TrimEnd(':')));
        }
        else if (line == "--- input:")
        {
            steps.Add(new Step(StepKind.Input, "pe"));
        }
        else if (line.StartsWith("  [rc=", StringComparison.Ordinal))
        {
            steps[^1].ExitCode = int.Parse(line[6..^1], CultureInfo.InvariantCulture);
        }
        else if (line.StartsWith("  ", StringComparison.Ordinal) && steps.Count > 0 && steps[^1] is { Kind: not StepKind.Other, ExitCode: null } open)
        {
            open.Lines.Add(line[2..]);
        }
        else if (line.Length > 0)
        {
            steps.Add(new Step(StepKind.Other, line));
        }
    }

    internal enum StepKind
    {
        Command,
        Delta,
        Config,
        Input,
        Other,
    }

    internal sealed record Block(string Title, List<Step> Steps);

    internal sealed record Step(StepKind Kind, string Text)
    {
        public List<string> Lines { get; set; } = [];

        public int? ExitCode { get; set; }
    }
}
