using System.Text.Json.Serialization;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;

namespace Cms.Client.Wire;

/// <summary>One operation of a commit, as JSON; see <c>docs/api.md</c> for what each <c>op</c> needs.</summary>
public sealed record WireOperation
{
    /// <summary>add, set, delete, rename, reorder, add_list, del_list, increment, check, create_table, drop_table, insert_row, update_row or delete_row.</summary>
    public required string Op { get; init; }

    /// <summary>The module; given in a bulk, and nowhere else.</summary>
    public string? Module { get; init; }

    /// <summary>A name, <c>#id</c>, <c>@type[n]</c>, or <c>+key</c> of a section added in the same request.</summary>
    public string? Section { get; init; }

    /// <summary>The option; absent when the operation is about the section itself.</summary>
    public string? Option { get; init; }

    /// <summary>The value of set and check, the element of add_list and del_list, the number of increment.</summary>
    public ConfigValue? Value { get; init; }

    /// <summary>The type, for add and for set of a section.</summary>
    public string? Type { get; init; }

    /// <summary>The new name, for rename; the name of a section that add makes.</summary>
    public string? Name { get; init; }

    /// <summary>What later operations call a section that add makes.</summary>
    public string? Key { get; init; }

    /// <summary>The place for reorder; the element for delete.</summary>
    public int? Index { get; init; }

    /// <summary>The table, for operations on tables and rows.</summary>
    public string? Table { get; init; }

    /// <summary>The columns of a table that create_table makes.</summary>
    public IReadOnlyList<WireColumn>? Columns { get; init; }

    /// <summary>The column that tells rows apart, for create_table.</summary>
    public string? PrimaryKey { get; init; }

    /// <summary>A row: values by the names of their columns.</summary>
    public IReadOnlyDictionary<string, ConfigValue>? Row { get; init; }

    /// <summary>The revision that last changed the path when the caller looked; 0 when it was missing.</summary>
    public long? Expected { get; init; }
}

/// <summary>The body of a commit.</summary>
public sealed record CommitRequest
{
    /// <summary>What to do, all or nothing, in order.</summary>
    public required IReadOnlyList<WireOperation> Operations { get; init; }

    /// <summary>Kept with the commit.</summary>
    public string? Message { get; init; }

    /// <summary>The caller's name for the request; repeating it returns the first answer.</summary>
    public string? RequestId { get; init; }

    /// <summary>Whether the reply waits until the text file holds the commit.</summary>
    public bool WaitForFile { get; init; }

    /// <summary>Has the commit rolled back unless it is confirmed in time; absent for one that stands.</summary>
    public ConfirmRequest? Confirm { get; init; }
}

/// <summary>The answer to a commit that was carried out.</summary>
public sealed record CommitReply
{
    /// <summary>The module's revision at which the request is true.</summary>
    public required long Revision { get; init; }

    /// <summary>How many changes were made; 0 when the module was already so.</summary>
    public required int Changes { get; init; }

    /// <summary>The ids of the sections that were added under a key.</summary>
    public IReadOnlyDictionary<string, long>? Born { get; init; }

    /// <summary>What options were incremented to, by <c>section.option</c> as the request named it.</summary>
    public IReadOnlyDictionary<string, long>? Counters { get; init; }

    /// <summary>Whether the request id was answered before.</summary>
    public bool Repeated { get; init; }

    /// <summary>The paths that a roll-back left alone, since others changed them after what it took back.</summary>
    public IReadOnlyList<string>? Kept { get; init; }

    /// <summary>The confirmation that the commit waits for; absent when it waits for none.</summary>
    public string? Confirmation { get; init; }

    /// <summary>What the caller should know although the request was carried out.</summary>
    public string? Warning { get; init; }
}

/// <summary>A refusal, as <c>application/problem+json</c>.</summary>
public sealed record Problem
{
    /// <summary>The stable name of the refusal, see <c>docs/errors.md</c>.</summary>
    public required string Code { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>One line for people.</summary>
    public required string Detail { get; init; }

    /// <summary>The first of <see cref="Paths"/>; null when none is known.</summary>
    public string? Path { get; init; }

    /// <summary>What can be done about a refusal of this code, in one line for people.</summary>
    public string? Hint { get; init; }

    /// <summary>The addresses concerned.</summary>
    public IReadOnlyList<string>? Paths { get; init; }

    /// <summary>Every place where the module would not be as its schema says, up to a bound.</summary>
    public IReadOnlyList<Violation>? Violations { get; init; }

    /// <summary>The line of a bulk that is at fault, if it is known.</summary>
    public long? Line { get; init; }

    /// <summary>What a bulk had done before it was refused.</summary>
    public BulkReply? Done { get; init; }

    /// <summary>The migrations that were carried out before one was refused; they stay.</summary>
    public IReadOnlyList<MigrationStepInfo>? Steps { get; init; }

    /// <summary>A refusal as it is told.</summary>
    public static Problem Of(Refusal refusal)
    {
        var mapping = ErrorCodes.Of(refusal.Code);
        return new()
        {
            Code = mapping.Name,
            Status = mapping.HttpStatus,
            Detail = refusal.Message,
            Path = refusal.Paths.Count == 0 ? null : refusal.Paths[0],
            Hint = mapping.Hint,
            Paths = refusal.Paths.Count == 0 ? null : refusal.Paths,
            Violations = refusal.Violations.Count == 0 ? null : refusal.Violations,
        };
    }
}

/// <summary>One past commit.</summary>
public sealed record HistoryEntry
{
    /// <summary>The module's revision that it made.</summary>
    public required long Revision { get; init; }

    /// <summary>The module.</summary>
    public string? Module { get; init; }

    /// <summary>Its node-wide id.</summary>
    public required long Commit { get; init; }

    /// <summary>The wall clock when it was decided.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Who asked.</summary>
    public required string Principal { get; init; }

    /// <summary>By which way.</summary>
    public required string Gateway { get; init; }

    /// <summary>The program that asked and its process id at that time, such as <c>cms[4242]</c>; absent when no process asked.</summary>
    public string? Process { get; init; }

    /// <summary>The commit over several modules that this is a part of; absent when it is none.</summary>
    public string? Transaction { get; init; }

    /// <summary>The caller's text.</summary>
    public required string Message { get; init; }

    /// <summary>How many changes it holds.</summary>
    public required int Changes { get; init; }
}

/// <summary>How one module is doing.</summary>
public sealed record ModuleReport
{
    /// <summary>Its name.</summary>
    public required string Module { get; init; }

    /// <summary>starting, running, restarting or stopped.</summary>
    public required string State { get; init; }

    /// <summary>The newest revision that readers see.</summary>
    public required long Revision { get; init; }

    /// <summary>The newest revision that the text file holds.</summary>
    public required long Written { get; init; }

    /// <summary>How many sections it has.</summary>
    public required int Sections { get; init; }

    /// <summary>How often it was started again after a fault.</summary>
    public required int Restarts { get; init; }

    /// <summary>What is wrong, or absent.</summary>
    public string? Problem { get; init; }
}

/// <summary>A hand edit that lost against commits on some paths.</summary>
public sealed record ConflictReport
{
    /// <summary>The module.</summary>
    public required string Module { get; init; }

    /// <summary>When it was found.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The revision whose values stand.</summary>
    public required long Revision { get; init; }

    /// <summary>The addresses on which the two differ.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>The file that holds the edited text.</summary>
    public required string KeptText { get; init; }
}

/// <summary>How the node is doing.</summary>
public sealed record StatusReply
{
    /// <summary>The daemon's version.</summary>
    public required string Version { get; init; }

    /// <summary>The daemon's process id.</summary>
    public required int Process { get; init; }

    /// <summary>When it was ready.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Where the text files are.</summary>
    public required string ConfigDirectory { get; init; }

    /// <summary>The journal's file.</summary>
    public required string Journal { get; init; }

    /// <summary>How often the journal was opened.</summary>
    public required long Epoch { get; init; }

    /// <summary>Every module.</summary>
    public required IReadOnlyList<ModuleReport> Modules { get; init; }

    /// <summary>The newest conflicts.</summary>
    public required IReadOnlyList<ConflictReport> Conflicts { get; init; }

    /// <summary>The names of those who are asked before commits become durable.</summary>
    public IReadOnlyList<string> Validators { get; init; } = [];
    /// <summary>The commits that wait for a confirmation, and those that were rolled back last.</summary>
    public IReadOnlyList<ConfirmationInfo>? Confirmations { get; init; }
}

/// <summary>A section with its options.</summary>
public sealed record SectionReport
{
    /// <summary>Its permanent id.</summary>
    public required long Id { get; init; }

    /// <summary>Its type.</summary>
    public required string Type { get; init; }

    /// <summary>Its name; absent when anonymous.</summary>
    public string? Name { get; init; }

    /// <summary>Its options in order.</summary>
    public required IReadOnlyDictionary<string, ConfigValue> Options { get; init; }

    /// <summary>What holds for options that are not set, as the schema says; absent unless it was asked for.</summary>
    public IReadOnlyDictionary<string, ConfigValue>? Defaults { get; init; }
}

/// <summary>A whole module at one revision.</summary>
public sealed record ModuleContent
{
    /// <summary>Its name.</summary>
    public required string Module { get; init; }

    /// <summary>The revision shown.</summary>
    public required long Revision { get; init; }

    /// <summary>Its sections in order.</summary>
    public required IReadOnlyList<SectionReport> Sections { get; init; }
}

/// <summary>The JSON shapes of the protocol; without reflection, so that ahead-of-time builds have them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    Converters = [typeof(ConfigValueConverter)])]
[JsonSerializable(typeof(CommitRequest))]
[JsonSerializable(typeof(CommitReply))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(PasswordRequest))]
[JsonSerializable(typeof(LoginReply))]
[JsonSerializable(typeof(WatchTicketReply))]
[JsonSerializable(typeof(WhoAmIReply))]
[JsonSerializable(typeof(StatusReply))]
[JsonSerializable(typeof(MemoryReply))]
[JsonSerializable(typeof(ModuleContent))]
[JsonSerializable(typeof(IReadOnlyList<HistoryEntry>))]
[JsonSerializable(typeof(WireOperation))]
[JsonSerializable(typeof(TablesReply))]
[JsonSerializable(typeof(RowsReply))]
[JsonSerializable(typeof(CommitsReply))]
[JsonSerializable(typeof(WatchRequest))]
[JsonSerializable(typeof(WatchLine))]
[JsonSerializable(typeof(WatchSocketRequest))]
[JsonSerializable(typeof(TopicSettings))]
[JsonSerializable(typeof(IReadOnlyList<TopicReport>))]
[JsonSerializable(typeof(PublishRequest))]
[JsonSerializable(typeof(PublishReply))]
[JsonSerializable(typeof(SubscriptionRequest))]
[JsonSerializable(typeof(AcknowledgeRequest))]
[JsonSerializable(typeof(MessageLine))]
[JsonSerializable(typeof(DiffReply))]
[JsonSerializable(typeof(RollbackRequest))]
[JsonSerializable(typeof(ValidationLine))]
[JsonSerializable(typeof(ValidationReply))]
[JsonSerializable(typeof(ExtendRequest))]
[JsonSerializable(typeof(IReadOnlyList<ConfirmationInfo>))]
[JsonSerializable(typeof(TransactionCommitRequest))]
[JsonSerializable(typeof(TransactionCommitReply))]
[JsonSerializable(typeof(BulkReply))]
[JsonSerializable(typeof(TransactionBeginRequest))]
[JsonSerializable(typeof(IReadOnlyList<TransactionInfo>))]
[JsonSerializable(typeof(TransactionStageRequest))]
[JsonSerializable(typeof(TransactionEndRequest))]
[JsonSerializable(typeof(BackupRequest))]
[JsonSerializable(typeof(BackupCheckRequest))]
[JsonSerializable(typeof(SignatureReply))]
[JsonSerializable(typeof(IReadOnlyList<BackupInfo>))]
[JsonSerializable(typeof(RestoreRequest))]
[JsonSerializable(typeof(IReadOnlyList<SchemaReply>))]
[JsonSerializable(typeof(IReadOnlyList<SchemaDifference>))]
[JsonSerializable(typeof(MigrationApplyRequest))]
[JsonSerializable(typeof(MigrationRollbackRequest))]
[JsonSerializable(typeof(MigrationReply))]
[JsonSerializable(typeof(SecretsReply))]
[JsonSerializable(typeof(IReadOnlyList<MigrationPlanStep>))]
[JsonSerializable(typeof(IReadOnlyList<MigrationState>))]
[JsonSerializable(typeof(ModulesReply))]
[JsonSerializable(typeof(SectionsReply))]
[JsonSerializable(typeof(SectionWrite))]
[JsonSerializable(typeof(SectionPatch))]
[JsonSerializable(typeof(OptionReply))]
[JsonSerializable(typeof(OptionWrite))]
[JsonSerializable(typeof(OptionPatch))]
[JsonSerializable(typeof(ElementsReply))]
[JsonSerializable(typeof(TableWrite))]
[JsonSerializable(typeof(RowReply))]
[JsonSerializable(typeof(RowWrite))]
[JsonSerializable(typeof(SearchReply))]
[JsonSerializable(typeof(IReadOnlyList<SchemaEntry>))]
[JsonSerializable(typeof(CacheReply))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, ConfigValue>))]
public sealed partial class WireJson : JsonSerializerContext;
