using System.Text.Json;
using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Cms.Gateways.Requests;

namespace Cms.Gateways.Bulk;

/// <summary>Parses operations as JSON, one a line.</summary>
internal sealed class JsonLineParser : BulkParser
{
    protected override int ParseLines(ReadOnlyMemory<byte> text, bool isEnd, List<BulkOperation> operations)
    {
        var rest = text.Span;
        while (!rest.IsEmpty && Refusal is null)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            Lines++;
            if (!line.Trim(" \t\r"u8).IsEmpty)
            {
                ParseLine(line, operations);
            }
        }

        return text.Length;
    }

    private void ParseLine(ReadOnlySpan<byte> line, List<BulkOperation> operations)
    {
        try
        {
            var (module, operation) = OperationMapper.ToModuleOperation(JsonSerializer.Deserialize(line, StrictJson.Of(WireJson.Default.WireOperation)));
            operations.Add(new BulkOperation(Lines, module, operation));
        }
        catch (JsonException malformed)
        {
            // Its own message counts lines from the start of this one.
            var message = malformed.Message.Split(" Path:")[0].Split(" LineNumber:")[0];
            Refuse(Lines, new Refusal(ErrorCode.InvalidArgument, $"byte {malformed.BytePositionInLine}: it is not the JSON expected here: {message}"));
        }
        catch (RefusedException refused)
        {
            Refuse(Lines, refused.Refusal);
        }
    }
}
