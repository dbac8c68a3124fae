using Cms.Formats.Uci;

namespace Cms.Cli.Uci;

/// <summary>Reads commands line by line.</summary>
/// <remarks>
/// Invariant: line numbers in error messages count, as in the reference, from the last command that read a package. One thread.
/// </remarks>
internal sealed class BatchCommand(Stream input, UciOutput output, UciStore store)
{
    private const int MaxWords = 3;
    private const int MaxLineSizeBytes = 64 << 20;
    private const int UnknownCommand = 255;

    private readonly UciWordReader _lines = new(input, UciDialect.Reference, MaxLineSizeBytes);
    private UciParseError? _lastError;

    /// <summary>Runs everything up to <c>exit</c> or the end of the input; what fails is reported and passed over.</summary>
    /// <param name="run">Runs one command and answers its exit code, 255 for an unknown one.</param>
    public void Run(Func<IReadOnlyList<ReadOnlyMemory<byte>>, int> run)
    {
        while (_lines.NextLine())
        {
            if (TakeWords() is not { Count: > 0 } words)
            {
                continue;
            }

            if (UciPersonality.IsCommand(words[0], "exit"u8))
            {
                return;
            }

            store.HasParsed = false;
            if (run(words) == UnknownCommand)
            {
                output.WriteComplaint("Unknown command");
            }

            output.FlushAnswer();
            if (store.HasParsed)
            {
                _lines.RestartLines();
                _lastError = null;
            }
        }
    }

    /// <summary>What the reference says of an address that is no address: it blames the batch's own line, without a reason.</summary>
    public string DescribeParseError() =>
        new UciParseError(_lastError?.Reason ?? "unknown", _lines.Line, _lastError?.Byte ?? 0).ToString();

    private List<ReadOnlyMemory<byte>>? TakeWords()
    {
        var words = new List<ReadOnlyMemory<byte>>();
        while (true)
        {
            if (!_lines.TryNextWord(out var word))
            {
                _lastError = _lines.Error;
                _lines.ClearError();
                output.WriteFailure(_lastError!.ToString());
                return null;
            }

            if (word.IsEmpty)
            {
                return words;
            }

            if (words.Count == MaxWords)
            {
                output.WriteComplaint("Too many arguments");
                return null;
            }

            words.Add(_lines.MemoryOf(word));
        }
    }
}
