using Cms.Formats.Migrations;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;

namespace Cms.Client.Wire;

/// <summary>A migration, whole; its texts are strings, or <c>{"base64":...}</c> where they are no UTF-8.</summary>
public sealed record WireMigration
{
    /// <summary>The module.</summary>
    public required string Module { get; init; }

    /// <summary>The version that it leads from; absent for a module that has no schema yet.</summary>
    public string? From { get; init; }

    /// <summary>The version that it leads to.</summary>
    public required string To { get; init; }

    /// <summary>For people.</summary>
    public string? Description { get; init; }

    /// <summary>What must hold of other modules, each <c>MODULE&gt;=VERSION</c>.</summary>
    public IReadOnlyList<string>? Requires { get; init; }

    /// <summary>The new schema.</summary>
    public required ConfigValue Schema { get; init; }

    /// <summary>The script that changes the data; absent for none.</summary>
    public ConfigValue? Up { get; init; }

    /// <summary>The script that changes the data back; absent for none.</summary>
    public ConfigValue? Down { get; init; }

    /// <summary>The wire form of a migration.</summary>
    public static WireMigration Of(Migration migration) => new()
    {
        Module = migration.Module,
        From = migration.From?.ToString(),
        To = migration.To.ToString(),
        Description = migration.Description,
        Requires = [.. migration.Requires.Select(each => each.ToString())],
        Schema = ConfigValue.FromBytes(migration.SchemaText.Span),
        Up = ConfigValue.FromBytes(migration.UpText.Span),
        Down = ConfigValue.FromBytes(migration.DownText.Span),
    };

    /// <summary>The migration that this is.</summary>
    /// <exception cref="RefusedException">Something in it is not legal; the message names the place and the rule.</exception>
    public Migration ToMigration()
    {
        SchemaVersion Version(string text) =>
            SchemaVersion.TryParse(text) ?? throw new RefusedException(ErrorCode.InvalidArgument, $"'{text}' is no version: write MAJOR.MINOR.PATCH, such as 1.0.0");
        return MigrationReader.Read(new MigrationText(Module, From is null ? null : Version(From), Version(To))
        {
            Description = Description ?? "",
            Requires = Requires ?? [],
            Schema = Bytes("schema", Schema),
            Up = Bytes("up", Up),
            Down = Bytes("down", Down),
        });
    }

    private static ReadOnlyMemory<byte> Bytes(string member, ConfigValue? text) => text is null ? default
        : text is { IsList: false, ElementType: ElementType.String } ? text.Encoding
        : throw new RefusedException(ErrorCode.InvalidArgument, $"'{member}' of a migration is a text");
}

/// <summary>The body of a request that applies migrations.</summary>
public sealed record MigrationApplyRequest
{
    /// <summary>The migrations in their order; each is a commit of its own.</summary>
    public required IReadOnlyList<WireMigration> Migrations { get; init; }

    /// <summary>Kept with each commit; absent for one that says what the migration does.</summary>
    public string? Message { get; init; }

    /// <summary>The caller's name for the request; repeating it does nothing twice.</summary>
    public string? RequestId { get; init; }

    /// <summary>Whether the reply waits until the text files hold the commits.</summary>
    public bool WaitForFile { get; init; }
}

/// <summary>The body of a request that takes migrations of a module back.</summary>
public sealed record MigrationRollbackRequest
{
    /// <summary>The module.</summary>
    public required string Module { get; init; }

    /// <summary>The version to go back to; absent for the one before the newest.</summary>
    public string? To { get; init; }

    /// <summary>Kept with each commit; absent for one that says what is taken back.</summary>
    public string? Message { get; init; }

    /// <summary>The caller's name for the request; repeating it does nothing twice.</summary>
    public string? RequestId { get; init; }

    /// <summary>Whether the reply waits until the text file holds the commits.</summary>
    public bool WaitForFile { get; init; }
}

/// <summary>One step that was gone from a version to another.</summary>
public sealed record MigrationStepInfo
{
    /// <summary>The module.</summary>
    public required string Module { get; init; }

    /// <summary>The version before; absent for none.</summary>
    public string? From { get; init; }

    /// <summary>The version after; absent for none.</summary>
    public string? To { get; init; }

    /// <summary>The module's revision that it made.</summary>
    public required long Revision { get; init; }

    /// <summary>How many changes of data and schema it made.</summary>
    public required int Changes { get; init; }
}

/// <summary>What was applied or taken back.</summary>
public sealed record MigrationReply
{
    /// <summary>The steps in their order.</summary>
    public required IReadOnlyList<MigrationStepInfo> Steps { get; init; }
}

/// <summary>Where a module is.</summary>
public sealed record MigrationState
{
    /// <summary>The module.</summary>
    public required string Module { get; init; }

    /// <summary>The version that holds.</summary>
    public required string Version { get; init; }

    /// <summary>Every version that led there, oldest first.</summary>
    public required IReadOnlyList<MigrationVersion> Versions { get; init; }

    /// <summary>What a module tells of its versions, of which there is at least one.</summary>
    public static MigrationState Of(string module, IReadOnlyList<SchemaHead> editions) => new()
    {
        Module = module,
        Version = editions[^1].Version.ToString(),
        Versions = [.. editions.Select(edition => new MigrationVersion
        {
            Version = edition.Version.ToString(),
            Revision = edition.Registered.Value,
            HasWayBack = edition.Migration is not null,
            Description = edition.Migration?.Description,
            Requires = edition.Migration?.Requires,
        })],
    };
}

/// <summary>One version that a module came to.</summary>
public sealed record MigrationVersion
{
    /// <summary>MAJOR.MINOR.PATCH.</summary>
    public required string Version { get; init; }

    /// <summary>The module's revision that came to it.</summary>
    public required long Revision { get; init; }

    /// <summary>Whether a migration led there, which can be taken back; otherwise its schema was registered alone.</summary>
    public required bool HasWayBack { get; init; }

    /// <summary>What the migration says of itself.</summary>
    public string? Description { get; init; }

    /// <summary>What the migration required of other modules.</summary>
    public IReadOnlyList<string>? Requires { get; init; }
}
