using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Cms.Client.Wire;
using Cms.Formats.Modules;

namespace Cms.Gateways.Http.Catalogue;

/// <summary>The JSON Schemas of the shapes that operations take and answer, each object once under its name.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class SchemaBook
{
    private const string Place = "#/components/schemas/";
    private static readonly JsonNode Value = ValueSchema();

    private readonly SortedDictionary<string, JsonNode> _schemas = new(StringComparer.Ordinal) { [nameof(ConfigValue)] = Value };
    private readonly Queue<(string Name, JsonTypeInfo Shape, bool IsPart)> _open = new();
    private readonly HashSet<string> _known = [];

    /// <summary>A schema that says where that of a shape is.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="isPart">Whether members may have been left out, as the caller wished.</param>
    /// <param name="isPatch">Whether values may be null, which removes what they are values of.</param>
    public JsonNode Refer(JsonTypeInfo shape, bool isPart = false, bool isPatch = false) => Export(shape, isPart, isPatch, isRoot: false);

    /// <summary>All schemas that were referred to, by their names.</summary>
    public JsonObject ToJson()
    {
        while (_open.TryDequeue(out var next))
        {
            _schemas[next.Name] = Export(next.Shape, next.IsPart, isPatch: next.Shape.Type == typeof(SectionPatch), isRoot: true);
        }

        return new JsonObject(_schemas.Select(pair => new KeyValuePair<string, JsonNode?>(pair.Key, pair.Value.DeepClone())));
    }

    private JsonNode Export(JsonTypeInfo shape, bool isPart, bool isPatch, bool isRoot)
    {
        var options = new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, node) => Transform(context, node, (isPart, isPatch, isRoot)),
        };
        return shape.GetJsonSchemaAsNode(options);
    }

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode node, (bool IsPart, bool IsPatch, bool IsRoot) how)
    {
        var (isPart, isPatch, isRoot) = how;
        var type = context.TypeInfo.Type;
        if (type == typeof(ConfigValue))
        {
            return isPatch && context.PropertyInfo is null ? new JsonObject { ["anyOf"] = new JsonArray(Reference(nameof(ConfigValue)), Null()) } : Maybe(nameof(ConfigValue), context);
        }

        if (context.TypeInfo.Kind != JsonTypeInfoKind.Object)
        {
            return node;
        }

        var isItself = isRoot && context.Path.IsEmpty;
        if (isItself)
        {
            if (isPart)
            {
                node.AsObject().Remove("required");
            }

            return node;
        }

        var name = isPart ? type.Name + "Part" : type.Name;
        if (_known.Add(name))
        {
            _open.Enqueue((name, context.TypeInfo, isPart));
        }

        return Maybe(name, context);
    }

    // A member that is not there is left out of answers; requests may say null for it.
    private static JsonObject Maybe(string name, JsonSchemaExporterContext context)
    {
        var reference = Reference(name);
        return context.PropertyInfo is { IsSetNullable: true } or { IsGetNullable: true } && !context.Path.IsEmpty && context.PropertyInfo.PropertyType == context.TypeInfo.Type
            ? new JsonObject { ["anyOf"] = new JsonArray(reference, Null()) }
            : reference;
    }

    private static JsonObject Reference(string name) => new() { ["$ref"] = Place + name };

    private static JsonObject Null() => new() { ["type"] = "null" };

    // The converter of values reads and writes these; the exporter cannot see into it.
    private static JsonNode ValueSchema() => JsonNode.Parse(
        """
        {
          "description": "A value of an option or a column: a string, a number, true, false, bytes that are no UTF-8, a float that JSON has no number for, or an array of elements of one type.",
          "anyOf": [
            { "type": ["string", "number", "boolean"] },
            { "type": "object", "properties": { "base64": { "type": "string" } }, "required": ["base64"], "additionalProperties": false },
            { "type": "object", "properties": { "float": { "enum": ["NaN", "Infinity", "-Infinity"] } }, "required": ["float"], "additionalProperties": false },
            { "type": "array", "items": { "anyOf": [
              { "type": ["string", "number", "boolean"] },
              { "type": "object", "properties": { "base64": { "type": "string" } }, "required": ["base64"], "additionalProperties": false },
              { "type": "object", "properties": { "float": { "enum": ["NaN", "Infinity", "-Infinity"] } }, "required": ["float"], "additionalProperties": false }
            ] } }
          ]
        }
        """)!;
}
