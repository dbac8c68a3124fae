using Cms.Actors;
using Cms.Actors.Modules;
using Cms.Actors.Signatures;
using Cms.Client.Wire;
using Cms.Formats.Access;
using Cms.Formats.Audit;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Secrets;
using Cms.Formats.Signatures;
using Cms.Formats.Uci;
using Cms.Gateways.Bulk;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Http.Resources;
using Cms.Gateways.Limits;
using Cms.Gateways.Requests;
using Cms.Storage.Files;
using Cms.Storage.Journals;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests about one module.</summary>
internal sealed class ModuleEndpoints(Node node, SegmentReaders readers, ModuleReads reads)
{
    private static readonly FlagParameter Defaults = new("defaults", "Whether sections also say what the schema says of options that are not set.");

    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        api.Get("/modules/{module}", "A module at its newest revision or a past one.", GetAsync)
            .Query(Defaults, Revealing.Reveal).Reads().Answers(WireJson.Default.ModuleContent).AnswersText(MediaTypes.Uci, "The module as UCI text.").Compresses();
        api.Put("/modules/{module}", "Makes a module equal to a text or a document, or adds that to it; one that is not there is made.", ImportAsync)
            .Query(ImportEndpoint.Merge, Standard.WaitForFile, Standard.Message, Standard.RequestId).AtMost(HttpGateway.MaxImportBytes)
            .TakesText(MediaTypes.Uci, "UCI text.").TakesText(MediaTypes.Json, "A document; see docs/formats/document.md.")
            .Answers(WireJson.Default.CommitReply).Heeds(Standard.IfMatch, Standard.IfNoneMatch).Refuses(ErrorCode.PreconditionFailed).Changes();
        api.Get("/modules/{module}/memory", "What the segment of a module takes.", MemoryAsync).Query(Standard.Fields).Answers(WireJson.Default.MemoryReply);
        api.Post("/modules/{module}/commits", "Carries out operations, all or none.", CommitAsync)
            .Takes(WireJson.Default.CommitRequest).AtMost(HttpGateway.MaxCommitBytes).Answers(WireJson.Default.CommitReply)
            .Heeds(Standard.IfMatch, Standard.IfNoneMatch).Refuses(ErrorCode.PreconditionFailed).Changes();
        api.Post("/modules/{module}/delta", "Applies the delta lines of the uci personality and waits for the file.", ApplyDeltaAsync)
            .Query(Standard.RequestId).TakesText("text/plain", "Delta lines of UCI.").AtMost(HttpGateway.MaxCommitBytes).Answers(WireJson.Default.CommitReply).Changes();
    }

    /// <summary>The module at its newest revision or a past one, as JSON or, when asked for, as UCI text.</summary>
    public async Task GetAsync(HttpContext context)
    {
        var actor = Find(context);
        var (isText, withDefaults) = (Negotiation.Chosen(context) == MediaTypes.Uci, Defaults.IsSet(context));
        var reveal = await Revealing.BeginAsync(context, actor);
        await reads.AnswerAsync(context, actor, view =>
        {
            var shown = reveal?.Invoke(view) ?? view;
            return new Reading(reveal is null ? ResourceTag.Of(view) : ResourceTag.Of(view) + ".revealed", each => isText
                ? WriteTextAsync(each, shown)
                : Answers.WriteAsync(each, ReplyMapper.ToContent(actor.Module.Name, shown, withDefaults ? SchemaDefaults.Of(view) : null), WireJson.Default.ModuleContent));
        });
    }

    private async Task WriteTextAsync(HttpContext context, IModuleView view)
    {
        context.Response.ContentType = MediaTypes.Uci;
        using var text = new MemoryStream();
        var shown = new RedactedView(view);
        Sign(context, shown, text);
        UciWriter.Write(shown, text);
        await AuditTrail.BeginAsync(context, AuditKinds.Export, $"UCI text of revision {view.Revision}", NameOf(context));
        await PatientWriter.WriteAsync(context.Response.Body, text.GetBuffer().AsMemory(0, (int)text.Length), context.RequestAborted);
    }

    private void Sign(HttpContext context, IModuleView view, Stream text)
    {
        if (SignatureEndpoints.IsWhole(context, NameOf(context)) && ModuleSigner.KeyOf(view) is { } key)
        {
            text.Write(ModuleSignature.ToLine(node.Signer.Sign(key, NameOf(context), view, isDocument: false).ToString()));
        }
    }

    /// <summary>The segment of the module that a request names.</summary>
    public SegmentReaders.Lease OpenSegment(HttpContext context) => readers.Take(Find(context).Module.Name);

    /// <summary>The module that a request names.</summary>
    public ModuleActor Find(HttpContext context) => Find(context, NameOf(context));

    /// <summary>A module that is there, for whoever sends the request.</summary>
    /// <exception cref="RefusedException">It is not, or he may not know of it, or the name is not legal.</exception>
    public ModuleActor Find(HttpContext context, string name) =>
        (context.Scope().In(Checked(name)).IsKnown ? node.Modules.Find(name) ?? (node.Modules.HasFile(name) ? node.Modules.GetOrStart(name) : null) : null)
        ?? throw new RefusedException(ErrorCode.NotFound, $"there is no module '{name}'; create it with import");

    /// <summary>Carries out operations, all or none.</summary>
    public async Task CommitAsync(HttpContext context)
    {
        var request = await Answers.ReadAsync(context, WireJson.Default.CommitRequest);
        var operations = request.Operations.Select(OperationMapper.ToOperation).ToList();
        var actor = Find(context);
        var origin = Origin(context, request.Message, request.RequestId);
        var terms = ConfirmationEndpoints.Begin(node, context, request.Confirm);
        var command = new ModuleCommand.Edit(origin, operations) { WaitForFile = request.WaitForFile, Confirmation = terms, Condition = ConditionOf(context, actor.Module.Name) };
        var reply = await ConfirmationEndpoints.CommitAsync(node, terms, cancellation => actor.AskAsync(command, cancellation), context.RequestAborted);
        await AnswerAsync(context, reply, terms is null || reply.ChangeCount == 0 ? null : node.Confirmations.FindByCommit(new(actor.Module, reply.Revision)));
    }

    /// <summary>Applies the staged changes of the uci personality and waits for the file.</summary>
    public async Task ApplyDeltaAsync(HttpContext context)
    {
        var delta = await Answers.ReadBytesAsync(context);
        var actor = Find(context);
        var command = new ModuleCommand.ApplyDelta(Origin(context, "uci commit", RequestId(context)), actor.Module.Name, delta) { WaitForFile = true };
        await AnswerAsync(context, actor, command);
    }

    /// <summary>Makes the module equal to a UCI text or a document, or adds it to the module.</summary>
    public async Task ImportAsync(HttpContext context)
    {
        var name = Checked(NameOf(context));
        if (ImportEndpoint.IsDocument(context))
        {
            await new ImportEndpoint(node).ImportAsync(context, name);
            return;
        }

        RequireSomeOf(context, AccessAction.Write, name);
        var text = await Answers.ReadBytesAsync(context);
        var content = Parse(name, text);
        var actor = node.Modules.GetOrStart(name);
        var origin = Origin(context, Standard.Message.Find(context), RequestId(context));
        var waits = Standard.WaitForFile.IsSet(context);
        var (signed, met) = (node.Signer.ConditionOf(name, content, isDocument: false, ModuleSignature.FindIn(text.Span)), ConditionOf(context, name));
        Func<IModuleView, Refusal?> condition = view => signed(view) ?? met?.Invoke(view);
        ModuleCommand command = ImportEndpoint.Merge.IsSet(context)
            ? new ModuleCommand.Include(origin, content) { WaitForFile = waits, Condition = condition }
            : new ModuleCommand.Replace(origin, content) { WaitForFile = waits, Condition = condition };
        await AnswerAsync(context, actor, command);
    }

    /// <summary>What has to hold of the whole module when a change of it is decided; a module without a commit is not there.</summary>
    private Func<IModuleView, Refusal?>? ConditionOf(HttpContext context, string module) =>
        reads.Conditions.Of(context.Request, $"module '{module}'", module, view => view.Revision == Revision.None ? null : ResourceTag.Of(view));

    /// <summary>What the segment of a module takes.</summary>
    public Task MemoryAsync(HttpContext context)
    {
        var module = Find(context);
        context.RequireNodeAdministrator();
        return Answers.WriteAsync(context, ReplyMapper.ToMemory(node.Modules.Budget, [module]), WireJson.Default.MemoryReply);
    }

    /// <summary>Lets pass who may do something to some of a module, which need not be there.</summary>
    /// <exception cref="RefusedException">He may do it to nothing of the module.</exception>
    public static void RequireSomeOf(HttpContext context, AccessAction action, string module)
    {
        if (context.Scope().In(module).Extent(action) == AccessExtent.None)
        {
            throw new RefusedException(ErrorCode.Denied, $"{context.Caller().Principal.Name} may not {AccessRules.NameOf(action)} module {module}; nothing was changed: see cms access explain");
        }
    }

    /// <summary>Has a module decide a command and writes the answer.</summary>
    public static async Task AnswerAsync(HttpContext context, ModuleActor actor, ModuleCommand command)
    {
        await AnswerAsync(context, await actor.AskAsync(command, context.RequestAborted), confirmation: null);
    }

    private static Task AnswerAsync(HttpContext context, ModuleReply reply, string? confirmation) => reply.Refusal is { } refusal
        ? Answers.RefuseAsync(context, refusal)
        : Answers.WriteAsync(context, ReplyMapper.ToReply(reply) with { Confirmation = confirmation }, WireJson.Default.CommitReply);

    private static UciPackage Parse(string module, ReadOnlyMemory<byte> text)
    {
        try
        {
            return UciPackage.Parse(module, text, UciReaderOptions.Default);
        }
        catch (UciParseException malformed)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, malformed.Error.ToString());
        }
    }

    private static string Checked(string name) => ConfigDirectory.IsModuleName(name)
        ? name
        : throw new RefusedException(ErrorCode.InvalidArgument, $"module '{name}' is not legal: use printable ASCII without blanks and dots");

    /// <summary>The name of the module that a request is about, which need not be there.</summary>
    /// <exception cref="RefusedException">It is not legal.</exception>
    public static string CheckedName(HttpContext context) => Checked(NameOf(context));

    /// <summary>The actor of a module, which is started if it is new.</summary>
    public ModuleActor GetOrStart(string name) => node.Modules.GetOrStart(name);

    private static string NameOf(HttpContext context) => (string)context.Request.RouteValues["module"]!;

    internal static string? RequestId(HttpContext context) => Standard.RequestId.Find(context);

    // A request is named by its key where it makes a commit and has no request id.
    private static string? WithKey(HttpContext context, string? requestId)
    {
        var key = context.GetEndpoint()?.Metadata.GetMetadata<Operation>() is { MakesCommits: true } && context.Request.Headers[Standard.IdempotencyKey.Name] is [{ } given, ..] ? given : null;
        return key is null || requestId is null || key == requestId ? requestId ?? key
            : throw new RefusedException(ErrorCode.InvalidArgument, $"the request has the request id '{requestId}' and the Idempotency-Key '{key}'; give it one of them");
    }

    /// <summary>Who sends a request, and what he says about it.</summary>
    /// <exception cref="RefusedException">The message or the request id is not legal.</exception>
    public static CommitOrigin Origin(HttpContext context, string? message, string? requestId)
    {
        const int MaxMessageBytes = 4096;
        const int MaxRequestIdBytes = 255;
        requestId = WithKey(context, requestId);
        if (requestId is "")
        {
            throw new RefusedException(ErrorCode.InvalidArgument, "the request id is empty; leave it out, or make one up for each request");
        }

        if (requestId is not null && GroupedBulk.IsGroupId(requestId))
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"the request id '{requestId}' ends like those that a bulk makes for its groups, in # and ten digits; choose another one");
        }

        if (message?.Length > MaxMessageBytes || requestId?.Length > MaxRequestIdBytes)
        {
            throw new RefusedException(ErrorCode.TooLarge, $"a message has at most {MaxMessageBytes} characters and a request id {MaxRequestIdBytes}");
        }

        var caller = context.Caller();
        return new CommitOrigin(caller.Principal.Name, caller.Gateway, message ?? "", requestId)
        {
            Address = caller.Principal.Address?.ToString(),
            Access = context.Scope(),
        };
    }
}
