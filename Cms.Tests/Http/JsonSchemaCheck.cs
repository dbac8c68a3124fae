using System.Text.Json;

namespace Cms.Tests.Http;

/// <summary>Holds a JSON against a JSON Schema, for the keywords that the document of the API uses; another one is an error of the test.</summary>
/// <param name="document">The OpenAPI document that references lead into.</param>
internal sealed class JsonSchemaCheck(JsonElement document)
{
    private static readonly HashSet<string> Known =
        ["$ref", "type", "enum", "const", "properties", "required", "additionalProperties", "items", "anyOf", "minimum", "maximum", "description", "default", "format", "pattern"];

    /// <summary>Where and why it is not as the schema says, or null.</summary>
    public string? Find(JsonElement value, JsonElement schema, string path = "$")
    {
        if (schema.ValueKind == JsonValueKind.True)
        {
            return null;
        }

        if (schema.ValueKind == JsonValueKind.False)
        {
            return $"{path}: nothing is allowed here";
        }

        if (schema.EnumerateObject().FirstOrDefault(member => !Known.Contains(member.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
        {
            throw new InvalidOperationException($"the check does not know the keyword '{unknown.Name}'");
        }

        if (schema.TryGetProperty("$ref", out var reference))
        {
            return Find(value, Resolve(reference.GetString()!), path);
        }

        return FindAlternative(value, schema, path) ?? FindType(value, schema, path) ?? FindBound(value, schema, path)
            ?? (value.ValueKind == JsonValueKind.Object ? FindMember(value, schema, path) : value.ValueKind == JsonValueKind.Array ? FindItem(value, schema, path) : null);
    }

    private string? FindAlternative(JsonElement value, JsonElement schema, string path)
    {
        if (!schema.TryGetProperty("anyOf", out var alternatives))
        {
            return null;
        }

        var reasons = alternatives.EnumerateArray().Select(alternative => Find(value, alternative, path)).ToList();
        return reasons.Contains(null) ? null : string.Join(" | ", reasons);
    }

    private static string? FindType(JsonElement value, JsonElement schema, string path)
    {
        if (!schema.TryGetProperty("type", out var type))
        {
            return null;
        }

        var types = type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(each => each.GetString()).ToList() : [type.GetString()];
        return types.Exists(each => IsOf(value, each!)) ? null : $"{path}: is no {string.Join(" or ", types)} but {value.ValueKind}";
    }

    private static bool IsOf(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => throw new InvalidOperationException($"the check does not know the type '{type}'"),
    };

    private static string? FindBound(JsonElement value, JsonElement schema, string path)
    {
        if (schema.TryGetProperty("enum", out var words) && !words.EnumerateArray().Any(word => JsonElement.DeepEquals(word, value)))
        {
            return $"{path}: {value} is none of {words}";
        }

        if (value.ValueKind != JsonValueKind.Number)
        {
            return null;
        }

        return schema.TryGetProperty("minimum", out var least) && value.GetDouble() < least.GetDouble() ? $"{path}: {value} is below {least}"
            : schema.TryGetProperty("maximum", out var most) && value.GetDouble() > most.GetDouble() ? $"{path}: {value} is above {most}"
            : null;
    }

    private string? FindMember(JsonElement value, JsonElement schema, string path)
    {
        if (schema.TryGetProperty("required", out var required) && required.EnumerateArray().FirstOrDefault(name => !value.TryGetProperty(name.GetString()!, out _)) is { ValueKind: JsonValueKind.String } missing)
        {
            return $"{path}: lacks '{missing}'";
        }

        foreach (var member in value.EnumerateObject())
        {
            var place = $"{path}.{member.Name}";
            var wrong = schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(member.Name, out var own) ? Find(member.Value, own, place)
                : schema.TryGetProperty("additionalProperties", out var others) ? Find(member.Value, others, place)
                : null;
            if (wrong is not null)
            {
                return wrong;
            }
        }

        return null;
    }

    private string? FindItem(JsonElement value, JsonElement schema, string path) => !schema.TryGetProperty("items", out var items) ? null
        : value.EnumerateArray().Select((item, index) => Find(item, items, $"{path}[{index}]")).FirstOrDefault(wrong => wrong is not null);

    /// <summary>What a reference leads to.</summary>
    public JsonElement Resolve(string reference) =>
        reference.Split('/').Skip(1).Aggregate(document, (place, name) => place.GetProperty(name));
}
