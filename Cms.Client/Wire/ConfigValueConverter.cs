using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Cms.Formats.Modules;

namespace Cms.Client.Wire;

/// <summary>Values as JSON: strings, numbers, true and false, or arrays of strings; bytes that are no UTF-8 as <c>{"base64": ...}</c>.</summary>
/// <remarks>A whole number becomes an int, any other number a float. An array holds strings and base64 objects.</remarks>
public sealed class ConfigValueConverter : JsonConverter<ConfigValue>
{
    /// <inheritdoc/>
    public override ConfigValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True or JsonTokenType.False:
                return ConfigValue.FromBool(reader.GetBoolean());
            case JsonTokenType.Number:
                return reader.TryGetInt64(out var whole) ? ConfigValue.FromInt(whole) : ConfigValue.FromFloat(reader.GetDouble());
            case JsonTokenType.StartArray:
                var elements = new List<ReadOnlyMemory<byte>>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    elements.Add(ReadBytes(ref reader));
                }

                return ConfigValue.FromElements(elements);
            default:
                return ConfigValue.FromBytes(ReadBytes(ref reader));
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ConfigValue value, JsonSerializerOptions options)
    {
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

    private static byte[] ReadBytes(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return System.Text.Encoding.UTF8.GetBytes(reader.GetString()!);
        }

        if (reader.TokenType != JsonTokenType.StartObject
            || !reader.Read() || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("base64")
            || !reader.Read() || reader.TokenType != JsonTokenType.String || !reader.TryGetBytesFromBase64(out var bytes)
            || !reader.Read() || reader.TokenType != JsonTokenType.EndObject)
        {
            throw new JsonException("a value is a string, a number, true, false, {\"base64\": ...}, or an array of strings");
        }

        return bytes;
    }

    private static void WriteElement(Utf8JsonWriter writer, ConfigValue value, int index)
    {
        var bytes = value.GetBytes(index).Span;
        switch (value.ElementType)
        {
            case ElementType.Int or ElementType.Float:
                writer.WriteRawValue(bytes);
                break;
            case ElementType.Bool:
                writer.WriteBooleanValue(bytes is [(byte)'1']);
                break;
            default:
                WriteBytes(writer, bytes);
                break;
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
