using Cms.Formats.Refusals;

namespace Cms.Gateways.Bulk;

/// <summary>Takes a bulk apart piece by piece. One thread at a time.</summary>
internal abstract class BulkParser
{
    /// <summary>What is wrong with the text, or null; nothing behind it is parsed.</summary>
    public BulkRefusal? Refusal { get; private set; }

    /// <summary>How many lines were taken apart.</summary>
    public long Lines { get; protected set; }

    /// <summary>Takes all operations that a piece of the text holds completely.</summary>
    /// <param name="text">What was not taken of the piece before, and what follows it; nothing of it is kept.</param>
    /// <param name="isEnd">Whether nothing follows.</param>
    /// <param name="operations">Where they are added.</param>
    /// <returns>How many bytes were taken; all of them at the end and behind an error.</returns>
    public int Parse(ReadOnlyMemory<byte> text, bool isEnd, List<BulkOperation> operations)
    {
        if (Refusal is not null)
        {
            return text.Length;
        }

        var whole = isEnd ? text : text[..(text.Span.LastIndexOf((byte)'\n') + 1)];
        return ParseLines(whole, isEnd, operations);
    }

    /// <summary>Says that a line is wrong.</summary>
    public void Refuse(long line, Refusal reason) => Refusal ??= new BulkRefusal(line, reason);

    /// <summary>Takes the operations of whole lines.</summary>
    /// <param name="text">Ends with a line break, save at the end.</param>
    /// <param name="isEnd">Whether nothing follows.</param>
    /// <param name="operations">Where they are added.</param>
    /// <returns>How many bytes were taken.</returns>
    protected abstract int ParseLines(ReadOnlyMemory<byte> text, bool isEnd, List<BulkOperation> operations);
}
