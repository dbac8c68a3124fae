namespace Cms.Cli.Commands;

/// <summary>The schemas that come with <c>cms</c>.</summary>
internal static class ShippedSchemas
{
    private static readonly string[] Directories = [Path.Combine(AppContext.BaseDirectory, "schemas"), "/usr/share/cms/schemas"];

    /// <summary>The file with a module's schema, or null.</summary>
    public static string? Find(string module) => module.Contains('/', StringComparison.Ordinal)
        ? null
        : Directories.Select(directory => Path.Combine(directory, module)).FirstOrDefault(File.Exists);
}
