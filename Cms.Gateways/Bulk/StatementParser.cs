using System.Globalization;
using Cms.Formats.Refusals;
using Cms.Formats.Statements;
using Cms.Formats.Uci;

namespace Cms.Gateways.Bulk;

/// <summary>Parses the statements of <c>cms batch</c> that change modules, in UCI's quoting, one a line or apart by semicolons.</summary>
internal sealed class StatementParser : BulkParser
{
    private readonly List<ReadOnlyMemory<byte>> _words = [];
    private long _count;

    protected override int ParseLines(ReadOnlyMemory<byte> text, bool isEnd, List<BulkOperation> operations)
    {
        var reader = new UciWordReader(text, UciDialect.Cms);
        var taken = 0;
        var before = Lines;
        while (reader.NextLine())
        {
            var line = Lines + 1;
            var count = operations.Count;
            var isLegal = TryParseLine(reader, line, operations, out var reason);
            if (reader.IsCutShort && !isEnd)
            {
                operations.RemoveRange(count, operations.Count - count);
                return taken;
            }

            taken = (int)reader.NextLineOffset;
            // The last line may lack its break, which the reader counts.
            Lines = before + reader.Line + (text.Span[taken - 1] == '\n' ? 0 : 1);
            if (!isLegal)
            {
                Refuse(line, reason!);
                return text.Length;
            }
        }

        return taken;
    }

    private bool TryParseLine(UciWordReader reader, long line, List<BulkOperation> operations, out Refusal? reason)
    {
        reason = null;
        try
        {
            while (!reader.PeekKeyword().IsEmpty)
            {
                if (!TryTakeWords(reader))
                {
                    reason = new Refusal(ErrorCode.InvalidArgument, reader.Error!.Reason);
                    return false;
                }

                if (_words.Count > 0)
                {
                    var (module, operation) = EditStatement.Parse(_words, string.Create(CultureInfo.InvariantCulture, $"new{_count++}"));
                    operations.Add(new BulkOperation(line, module, operation));
                }
            }
        }
        catch (RefusedException refused)
        {
            reason = refused.Refusal;
        }

        return reason is null;
    }

    private bool TryTakeWords(UciWordReader reader)
    {
        _words.Clear();
        while (reader.TryNextWord(out var word))
        {
            if (!word.IsPresent)
            {
                return true;
            }

            _words.Add(reader.MemoryOf(word));
        }

        return false;
    }
}
