using System.Text;
using Google.Protobuf;

namespace Cms.Tests.Operations;

/// <summary>A message of Protocol Buffers as it is on the wire, read without its definition: fields by number.</summary>
internal sealed class WireMessage
{
    private readonly List<(int Field, object Value)> _fields = [];

    public WireMessage(byte[] bytes)
    {
        var input = new CodedInputStream(bytes);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            _fields.Add((WireFormat.GetTagFieldNumber(tag), WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => input.ReadUInt64(),
                WireFormat.WireType.Fixed64 => input.ReadFixed64(),
                WireFormat.WireType.Fixed32 => (ulong)input.ReadFixed32(),
                WireFormat.WireType.LengthDelimited => input.ReadBytes().ToByteArray(),
                var other => throw new InvalidDataException($"wire type {other}"),
            }));
        }
    }

    /// <summary>The messages of a field.</summary>
    public IEnumerable<WireMessage> Messages(int field) => _fields.Where(each => each.Field == field).Select(each => new WireMessage((byte[])each.Value));

    /// <summary>The bytes of a field; none when it is not there.</summary>
    public byte[] Bytes(int field) => (byte[]?)_fields.LastOrDefault(each => each.Field == field).Value ?? [];

    /// <summary>The text of a field; empty when it is not there.</summary>
    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    /// <summary>The number of a field; 0 when it is not there.</summary>
    public ulong Number(int field) => (ulong?)_fields.LastOrDefault(each => each.Field == field).Value ?? 0;

    /// <summary>Whether the field is there.</summary>
    public bool Has(int field) => _fields.Exists(each => each.Field == field);
}
