using Cms.Formats.Modules;
using Cms.Formats.Uci;

namespace Cms.Formats.Schemas;

/// <summary>One thing in which two schemas differ.</summary>
/// <param name="Path">What it is: <c>field interface.mtu validation</c>, or <c>field interface.mtu</c> when all of it came or went.</param>
/// <param name="Before">As it was; null when it was not there.</param>
/// <param name="After">As it is; null when it is gone.</param>
public sealed record SchemaDifference(string Path, string? Before, string? After)
{
    /// <summary>In what two schemas differ, in their order; what is gone comes last.</summary>
    public static IReadOnlyList<SchemaDifference> Between(ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after)
    {
        var (old, now) = (Flatten(before), Flatten(after));
        return [
            .. now.Where(entry => old.GetValueOrDefault(entry.Key) != entry.Value).Select(entry => new SchemaDifference(entry.Key, old.GetValueOrDefault(entry.Key), entry.Value)),
            .. old.Where(entry => !now.ContainsKey(entry.Key)).Select(entry => new SchemaDifference(entry.Key, entry.Value, null)),
        ];
    }

    // Fields have no names of their own, so each is called after what it describes.
    private static OrderedDictionary<string, string> Flatten(ReadOnlyMemory<byte> text)
    {
        var package = UciPackage.Parse("schema", text, UciReaderOptions.Default);
        var flat = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var section in ((IModuleView)package).Sections())
        {
            var options = ((IModuleView)package).Options(section.Id).ToDictionary(option => option.Name, option => option.Value.ToString(), StringComparer.Ordinal);
            var name = options.GetValueOrDefault("name") ?? section.Name ?? options.GetValueOrDefault("type") ?? "";
            var owner = options.GetValueOrDefault("section") ?? options.GetValueOrDefault("table");
            var path = $"{section.Type} {(owner is null ? name : $"{owner}.{name}")}";
            flat[path] = "";
            foreach (var (option, value) in options)
            {
                flat[$"{path} {option}"] = value;
            }
        }

        return flat;
    }
}
