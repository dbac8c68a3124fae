using System.Text;
using Cms.Formats.Schemas;
using Cms.Formats.Uci;
using Xunit;

namespace Cms.Tests.Schemas;

/// <summary>Schemas and modules as texts, for tests.</summary>
internal static class SchemaSample
{
    public const int Most = 1000;

    public static ModuleSchema Schema(string text) => SchemaReader.Read(Encoding.UTF8.GetBytes(text));

    public static UciPackage Module(string text, string name = "m") => UciPackage.Parse(name, Encoding.UTF8.GetBytes(text), UciReaderOptions.Default);

    /// <summary>What is wrong with a module, each as <c>path rule</c>.</summary>
    public static IReadOnlyList<string> Violations(string schema, string module) =>
        [.. SchemaValidator.ValidateAll(Module(module), Schema(schema), UnknownTargets.Instance, Most).Select(violation => $"{violation.Path} {violation.Rule}")];

    /// <summary>What is wrong with a schema.</summary>
    public static IReadOnlyList<string> Mistakes(string schema)
    {
        Assert.Equal(SchemaReader.TryRead(Encoding.UTF8.GetBytes(schema), out var mistakes) is null, mistakes.Count > 0);
        return [.. mistakes.Select(mistake => mistake.ToString())];
    }
}
