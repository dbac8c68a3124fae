using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Cms.Formats.Modules;
using Cms.Formats.Secrets;

namespace Cms.Client.Wire;

/// <summary>Values as JSON: strings, numbers, true and false, or arrays of these; bytes that are no UTF-8 as <c>{"base64": ...}</c>.</summary>
/// <remarks>
/// A number without fraction and exponent is an int, any other a float; a float without fraction is written with <c>.0</c>, and one
/// that JSON has no number for as <c>{"float": "NaN"}</c>, "Infinity" or "-Infinity". The elements of an array are of one type; an
/// empty array is a list of strings. A number that a value cannot hold is refused rather than rounded to another one.
/// </remarks>
public sealed class ConfigValueConverter : JsonConverter<ConfigValue>
{
    /// <inheritdoc/>
    public override ConfigValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return ReadElement(ref reader);
        }

        var elements = new List<ConfigValue>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            elements.Add(ReadElement(ref reader));
        }

        return ToList(elements);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ConfigValue value, JsonSerializerOptions options)
    {
        // Every answer, event and document comes through here; what may be shown has been unsealed before.
        value = SealedText.Redact(value);
        if (!value.IsList)
        {
            WriteElement(writer, value, 0);
            return;
        }

        writer.WriteStartArray();
        for (var index = 0; index < value.Count; index++)
        {
            WriteElement(writer, value, index);
        }

        writer.WriteEndArray();
    }

    private static ConfigValue ReadElement(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.True or JsonTokenType.False => ConfigValue.FromBool(reader.GetBoolean()),
        JsonTokenType.Number => ReadNumber(ref reader),
        JsonTokenType.String => ConfigValue.FromText(reader.GetString()!),
        JsonTokenType.StartObject => ReadObject(ref reader),
        _ => throw Illegal(),
    };

    private static ConfigValue ReadNumber(ref Utf8JsonReader reader)
    {
        if (reader.TryGetInt64(out var whole))
        {
            return ConfigValue.FromInt(whole);
        }

        var text = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
        return text.ContainsAny(".eE"u8) && reader.TryGetDouble(out var number) && double.IsFinite(number)
            ? ConfigValue.FromFloat(number)
            : throw new JsonException("a number does not fit into 64 bits; send it as a string");
    }

    private static ConfigValue ReadObject(ref Utf8JsonReader reader)
    {
        var value = reader.Read() && reader.TokenType == JsonTokenType.PropertyName ? ReadMember(ref reader) : null;
        return value is not null && reader.Read() && reader.TokenType == JsonTokenType.EndObject ? value : throw Illegal();
    }

    private static ConfigValue? ReadMember(ref Utf8JsonReader reader)
    {
        var isBase64 = reader.ValueTextEquals("base64");
        var isFloat = reader.ValueTextEquals("float");
        if (!reader.Read() || reader.TokenType != JsonTokenType.String)
        {
            return null;
        }

        if (isBase64)
        {
            return reader.TryGetBytesFromBase64(out var bytes) ? ConfigValue.FromBytes(bytes) : null;
        }

        return !isFloat ? null : reader.GetString() switch
        {
            "NaN" => ConfigValue.FromFloat(double.NaN),
            "Infinity" => ConfigValue.FromFloat(double.PositiveInfinity),
            "-Infinity" => ConfigValue.FromFloat(double.NegativeInfinity),
            _ => null,
        };
    }

    private static ConfigValue ToList(List<ConfigValue> elements)
    {
        var type = elements.Count == 0 ? ElementType.String : elements[0].ElementType;
        if (elements.Exists(element => element.ElementType != type))
        {
            throw new JsonException("the elements of an array must be of one type");
        }

        return ConfigValue.FromEncodings(type, [.. elements.Select(element => element.Encoding)]);
    }

    private static JsonException Illegal() =>
        new("a value is a string, a number, true, false, {\"base64\": ...}, {\"float\": \"NaN\"}, or an array of these");

    private static void WriteElement(Utf8JsonWriter writer, ConfigValue value, int index)
    {
        var bytes = value.GetBytes(index).Span;
        switch (value.ElementType)
        {
            case ElementType.Int:
                writer.WriteRawValue(bytes);
                break;
            case ElementType.Float:
                WriteFloat(writer, bytes);
                break;
            case ElementType.Bool:
                writer.WriteBooleanValue(bytes is [(byte)'1']);
                break;
            default:
                WriteBytes(writer, bytes);
                break;
        }
    }

    private static void WriteFloat(Utf8JsonWriter writer, ReadOnlySpan<byte> text)
    {
        if (text.ContainsAny("Ny"u8))
        {
            writer.WriteStartObject();
            writer.WriteString("float", text);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteRawValue(text.ContainsAny(".E"u8) ? text : [.. text, .. ".0"u8]);
        }
    }

    private static void WriteBytes(Utf8JsonWriter writer, ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            writer.WriteStringValue(bytes);
            return;
        }

        writer.WriteStartObject();
        writer.WriteBase64String("base64", bytes);
        writer.WriteEndObject();
    }
}
