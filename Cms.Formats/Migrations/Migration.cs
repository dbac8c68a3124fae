using Cms.Formats.Schemas;

namespace Cms.Formats.Migrations;

/// <summary>What leads a module from one version of its schema to the next. Made by <see cref="MigrationReader"/>; never changed.</summary>
/// <param name="Module">The module.</param>
/// <param name="From">The version that it leads from; null for a module that has no schema yet.</param>
/// <param name="Schema">The new schema.</param>
/// <param name="SchemaText">The same as text.</param>
public sealed record Migration(string Module, SchemaVersion? From, ModuleSchema Schema, ReadOnlyMemory<byte> SchemaText)
{
    /// <summary>The version that it leads to.</summary>
    public SchemaVersion To => Schema.Version;

    /// <summary>What people call it: <c>auth-1.1.0</c>.</summary>
    public string Name => $"{Module}-{To}";

    /// <summary>For people; may be empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>What must hold of other modules when it is applied.</summary>
    public IReadOnlyList<MigrationRequirement> Requires { get; init; } = [];

    /// <summary>What changes the data.</summary>
    public required MigrationScript Up { get; init; }

    /// <summary>What changes the data back.</summary>
    public required MigrationScript Down { get; init; }

    /// <summary>The text of <see cref="Up"/>.</summary>
    public ReadOnlyMemory<byte> UpText { get; init; }

    /// <summary>The text of <see cref="Down"/>.</summary>
    public ReadOnlyMemory<byte> DownText { get; init; }

    /// <summary>What the module keeps of it once it is applied.</summary>
    public SchemaEdition ToEdition() => new(To, SchemaText)
    {
        Migration = new SchemaMigration(Description, [.. Requires.Select(each => each.ToString())], UpText, DownText),
    };

    /// <summary>For messages: <c>auth 1.0.0 -> 1.1.0</c>.</summary>
    public string Describe() => $"{Module} {From?.ToString() ?? "(none)"} -> {To}";
}
