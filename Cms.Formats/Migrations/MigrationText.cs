using Cms.Formats.Schemas;

namespace Cms.Formats.Migrations;

/// <summary>A migration as it is sent: what its files hold, nothing of it looked at.</summary>
/// <param name="Module">The module.</param>
/// <param name="From">The version that it leads from; null for a module that has no schema yet.</param>
/// <param name="To">The version that it leads to.</param>
public sealed record MigrationText(string Module, SchemaVersion? From, SchemaVersion To)
{
    /// <summary>For people; may be empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>What must hold of other modules, each <c>MODULE&gt;=VERSION</c>.</summary>
    public IReadOnlyList<string> Requires { get; init; } = [];

    /// <summary>The new schema, whole.</summary>
    public ReadOnlyMemory<byte> Schema { get; init; }

    /// <summary>The script that changes the data.</summary>
    public ReadOnlyMemory<byte> Up { get; init; }

    /// <summary>The script that changes the data back.</summary>
    public ReadOnlyMemory<byte> Down { get; init; }
}
