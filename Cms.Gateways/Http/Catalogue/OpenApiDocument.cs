using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http.Catalogue;

/// <summary>Writes the OpenAPI 3.1 document of a catalogue. Pure.</summary>
internal sealed class OpenApiDocument
{
    private readonly OperationCatalogue _catalogue;
    private readonly SchemaBook _schemas = new();

    private OpenApiDocument(OperationCatalogue catalogue) => _catalogue = catalogue;

    /// <summary>The document as JSON in UTF-8.</summary>
    /// <param name="catalogue">All operations.</param>
    /// <param name="version">The daemon's.</param>
    public static byte[] Write(OperationCatalogue catalogue, string version)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text))
        {
            new OpenApiDocument(catalogue).ToJson(version).WriteTo(writer);
        }

        return text.ToArray();
    }

    private JsonObject ToJson(string version)
    {
        var paths = new JsonObject();
        foreach (var path in _catalogue.Operations.GroupBy(operation => operation.Path, StringComparer.Ordinal))
        {
            var item = new JsonObject();
            foreach (var operation in path)
            {
#pragma warning disable CA1308 // OpenAPI writes methods in small letters.
                item[operation.Method.ToLowerInvariant()] = ToJson(operation);
#pragma warning restore CA1308
            }

            paths[path.Key] = item;
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "cms",
                ["version"] = version,
                ["description"] = "The configuration service cms. Members and operations are added within v1; clients pass over members that they do not know. "
                    + "Each GET that ends answers HEAD too, and each path OPTIONS. Refusals are application/problem+json.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = OperationCatalogue.Root }),
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = _schemas.ToJson() },
        };
    }

    private JsonObject ToJson(Operation operation)
    {
        var json = new JsonObject
        {
            ["operationId"] = IdOf(operation),
            ["summary"] = operation.Summary,
            ["tags"] = new JsonArray(operation.Path.Split('/')[1]),
        };
        if (operation.DeprecatedSince is not null)
        {
            json["deprecated"] = true;
        }

        if (operation.IsStream)
        {
            json["x-stream"] = true;
        }

        var parameters = ParametersOf(operation);
        if (parameters.Count > 0)
        {
            json["parameters"] = parameters;
        }

        if (operation.Bodies.Count > 0)
        {
            json["requestBody"] = new JsonObject { ["content"] = ContentOf(operation.Bodies, isPart: false) };
        }

        json["responses"] = ResponsesOf(operation);
        return json;
    }

    private static string IdOf(Operation operation)
    {
        var words = operation.Path.Split(['/', '{', '}', '.'], StringSplitOptions.RemoveEmptyEntries);
#pragma warning disable CA1308 // Names of operations begin with a small letter.
        return operation.Method.ToLowerInvariant() + string.Concat(words.Select((word, place) =>
            (place > 0 && operation.Path.Contains("{" + word + "}", StringComparison.Ordinal) ? "By" : "") + char.ToUpperInvariant(word[0]) + word[1..]));
#pragma warning restore CA1308
    }

    private static JsonArray ParametersOf(Operation operation)
    {
        var parameters = new JsonArray();
        foreach (var name in PathParameters.Of(operation.Path))
        {
            parameters.Add(Parameter("path", name, PathParameters.SummaryOf(name), new JsonObject { ["type"] = "string" }, isRequired: true));
        }

        foreach (var parameter in operation.QueryParameters)
        {
            parameters.Add(Parameter("query", parameter.Name, parameter.Summary, parameter.ToSchema(), isRequired: false));
        }

        foreach (var header in operation.HeaderParameters)
        {
            parameters.Add(Parameter("header", header.Name, header.Summary, new JsonObject { ["type"] = "string" }, isRequired: false));
        }

        return parameters;
    }

    private static JsonObject Parameter(string place, string name, string summary, JsonObject schema, bool isRequired) => new JsonObject
    {
        ["name"] = name,
        ["in"] = place,
        ["required"] = isRequired,
        ["description"] = summary,
        ["schema"] = schema,
    };

    private JsonObject ContentOf(IEnumerable<Shape> shapes, bool isPart)
    {
        var content = new JsonObject();
        foreach (var shape in shapes)
        {
            var media = new JsonObject();
            if (shape.Json is { } json)
            {
                media["schema"] = isPart && shape.MediaType != MediaTypes.Problem
                    ? new JsonObject { ["anyOf"] = new JsonArray(_schemas.Refer(json), _schemas.Refer(json, isPart: true)) }
                    : _schemas.Refer(json, isPatch: shape.MediaType == MediaTypes.MergePatch);
            }
            else
            {
                media["schema"] = new JsonObject { ["description"] = shape.Description };
            }

            content[shape.MediaType] = media;
        }

        return content;
    }

    private JsonObject ResponsesOf(Operation operation)
    {
        var isPart = operation.QueryParameters.Contains(Standard.Fields);
        var responses = new SortedDictionary<int, JsonObject>();
        foreach (var status in operation.AllAnswers.GroupBy(answer => answer.Status))
        {
            var response = new JsonObject { ["description"] = "Done." };
            var shapes = status.Select(answer => answer.Shape).OfType<Shape>().ToList();
            if (shapes.Count > 0)
            {
                response["content"] = ContentOf(shapes, isPart);
            }

            responses[status.Key] = response;
        }

        if (operation.HeaderParameters.Contains(Standard.IfNoneMatch) && operation.Method == HttpMethods.Get)
        {
            responses[StatusCodes.Status304NotModified] = new JsonObject { ["description"] = "It is still as the caller knows it." };
        }

        foreach (var status in RefusalsOf(operation).GroupBy(refusal => refusal.Status))
        {
            responses[status.Key] = new JsonObject
            {
                ["description"] = string.Join("; ", status.Select(refusal => refusal.Words).Distinct()),
                ["content"] = ContentOf([new Shape(MediaTypes.Problem, WireJson.Default.Problem, null)], isPart: false),
            };
        }

        return new JsonObject(responses.Select(pair => new KeyValuePair<string, JsonNode?>(pair.Key.ToString(CultureInfo.InvariantCulture), pair.Value)));
    }

    // What follows from the description of the operation is not told there again.
    private static IEnumerable<(int Status, string Words)> RefusalsOf(Operation operation)
    {
        var codes = operation.Refusals.Select(ErrorCodes.Of).Select(mapping => (mapping.HttpStatus, mapping.Name));
        var notFound = ErrorCodes.Of(ErrorCode.NotFound);
        IEnumerable<(int, string)> all = operation.Path.Contains('{', StringComparison.Ordinal) ? [.. codes, (notFound.HttpStatus, notFound.Name)] : codes;
        if (operation.Bodies.Count > 0)
        {
            all = all.Append((StatusCodes.Status415UnsupportedMediaType, "invalid-argument: the content type is none of those taken"));
        }

        return operation.AnswerTypes.Count == 0 ? all : all.Append((StatusCodes.Status406NotAcceptable, "invalid-argument: Accept asks for none of those answered"));
    }
}
