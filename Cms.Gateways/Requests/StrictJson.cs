using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cms.Client.Wire;

namespace Cms.Gateways.Requests;

/// <summary>Reads what callers send more strictly than their own answers are read: no member may be there twice.</summary>
/// <remarks>Of two members of one name, others who look at requests on their way may take the other one.</remarks>
internal static class StrictJson
{
    private static readonly JsonSerializerOptions Strict = new(WireJson.Default.Options) { AllowDuplicateProperties = false };

    /// <summary>The same shape, read strictly.</summary>
    public static JsonTypeInfo<T> Of<T>(JsonTypeInfo<T> shape) => Strict.TryGetTypeInfo(typeof(T), out var strict) ? (JsonTypeInfo<T>)strict : shape;
}
