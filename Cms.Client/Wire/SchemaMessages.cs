using System.Text;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;

namespace Cms.Client.Wire;

/// <summary>The schema of a module.</summary>
public sealed record SchemaReply
{
    /// <summary>The module.</summary>
    public required string Module { get; init; }

    /// <summary>The version shown.</summary>
    public required string Version { get; init; }

    /// <summary>The schema, as UCI text.</summary>
    public required string Text { get; init; }

    /// <summary>Every version that is registered, oldest first.</summary>
    public required IReadOnlyList<SchemaVersionInfo> Versions { get; init; }

    /// <summary>What is told of one version among all.</summary>
    public static SchemaReply Of(string module, SchemaEdition shown, IReadOnlyList<SchemaHead> heads) => new()
    {
        Module = module,
        Version = shown.Version.ToString(),
        Text = Encoding.UTF8.GetString(shown.Text.Span),
        Versions = [.. heads.Select(head => new SchemaVersionInfo
        {
            Version = head.Version.ToString(),
            Revision = head.Registered.Value,
            Migration = head.Migration?.Description,
        })],
    };

    /// <summary>The place of a version among all, the newest where there are several; null asks for the newest of all.</summary>
    /// <exception cref="RefusedException">There is none of them.</exception>
    public static int Find(string module, IReadOnlyList<SchemaHead> heads, string? version)
    {
        for (var number = heads.Count - 1; number >= 0; number--)
        {
            if (version is null || heads[number].Version.ToString() == version)
            {
                return number;
            }
        }

        throw new RefusedException(ErrorCode.NotFound, heads.Count == 0
            ? $"module '{module}' has no schema; see cms schema register"
            : $"module '{module}' has no schema of version '{version}'; it has {string.Join(", ", heads.Select(head => head.Version))}");
    }
}

/// <summary>A version of a schema as it was registered.</summary>
public sealed record SchemaVersionInfo
{
    /// <summary>MAJOR.MINOR.PATCH.</summary>
    public required string Version { get; init; }

    /// <summary>The module's revision that registered it; its history has the time and who did it.</summary>
    public required long Revision { get; init; }

    /// <summary>What the migration that led there says of itself; absent when the schema was registered without one.</summary>
    public string? Migration { get; init; }
}
