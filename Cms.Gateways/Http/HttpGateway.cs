using Cms.Actors;
using Cms.Actors.Validation;
using Cms.Client;
using Cms.Formats.Access;
using Cms.Formats.Mapping;
using Cms.Formats.Refusals;
using Cms.Formats.Segments;
using Cms.Gateways.Authentication;
using Cms.Gateways.Authentication.Credentials;
using Cms.Gateways.Authentication.Sessions;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Http.Resources;
using Cms.Gateways.Limits;
using Cms.Gateways.Operations;
using Cms.Gateways.Requests;
using Cms.Gateways.Watching;
using Cms.Storage.Journals;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Cms.Gateways.Http;

/// <summary>The one API, <c>/api/v1</c>: authenticates the caller, translates the request, maps the reply.</summary>
public static class HttpGateway
{
    /// <summary>The most bytes in the body of a commit.</summary>
    public const long MaxCommitBytes = 64 << 20;

    /// <summary>The most bytes in an imported text.</summary>
    public const long MaxImportBytes = 1 << 30;

    private const long MostOfReaders = 64 << 10;

    /// <summary>Maps every request.</summary>
    /// <param name="app">Where to.</param>
    /// <param name="node">The node, ready.</param>
    /// <param name="daemonUserId">The uid that the daemon runs under, an administrator.</param>
    public static void Map(WebApplication app, Node node, uint daemonUserId)
    {
        new AuditTrail(node.Audit, app.Logger).AttachTo(app);
        var (limits, numbers) = OperationsEndpoints.UseBeforeGuard(app, node);
        app.Use(new ForeignPages(node.Options.Door.AllowedOrigins).AnswerAsync);
        var authenticator = Authenticate(node, app.Logger);
        app.Lifetime.ApplicationStopped.Register(authenticator.Dispose);
        var guard = new Guard(authenticator, daemonUserId);
        app.Use((context, next) => GuardAsync(context, next, node, limits, guard));
        AnswerCompression.Map(app);
        var answers = new IdempotentAnswers(node.Clock);
        var readers = new SegmentReaders(node.Options.SegmentDirectory);
        app.Lifetime.ApplicationStopped.Register(readers.Dispose);
        DoorMeter.AddTo(numbers, authenticator.Sessions, readers, answers);
        var api = Describe(node, readers, answers, authenticator, app.Lifetime.ApplicationStopping);
        api.Map(app, answers);
        FilteredByAccess.On(app.Map("{**path}", context => Answers.RefuseAsync(
            context, new Refusal(ErrorCode.NotFound, $"there is no {context.Request.Path}; see docs/api.md"))));
    }

    /// <summary>Describes every operation; each family does so in its own file.</summary>
    internal static OperationCatalogue Describe(Node node, SegmentReaders readers, IdempotentAnswers answers, Authenticator authenticator, CancellationToken stopping)
    {
        var api = new OperationCatalogue();
        var watches = new WatchService(node, stopping);
        var reads = new ModuleReads(node, readers, new Preconditions(node.Journal.Id), stopping);
        var edits = new ModuleEdits(reads);
        var modules = new ModuleEndpoints(node, readers, reads);
        api.AddFiltered(new ListEndpoints(node).AddTo);
        api.AddFiltered(modules.AddTo);
        api.AddFiltered(new SectionEndpoints(modules, reads, edits).AddTo);
        api.AddFiltered(new OptionEndpoints(modules, reads, edits).AddTo);
        api.AddFiltered(new ImportEndpoint(node).AddTo);
        api.AddFiltered(new SchemaEndpoints(modules).AddTo);
        api.AddFiltered(new SignatureEndpoints(node, modules, reads).AddTo);
        api.AddFiltered(new TableEndpoints(modules, reads, edits).AddTo);
        api.AddFiltered(new SearchEndpoint(node, modules, reads).AddTo);
        api.AddFiltered(new HistoryEndpoints(node, modules).AddTo);
        api.AddFiltered(new CommitEndpoints(node, modules).AddTo);
        api.AddFiltered(new TransactionEndpoints(node, modules).AddTo);
        api.AddFiltered(new OpenTransactionEndpoints(node).AddTo);
        api.AddFiltered(new BulkEndpoint(node, modules).AddTo);
        api.AddFiltered(new ConfirmationEndpoints(node).AddTo);
        new MigrationEndpoints(node).AddTo(api);
        new BackupEndpoints(node).AddTo(api);
        api.AddFiltered(new WatchEndpoints(watches).AddTo);
        api.AddFiltered(new WatchSocketEndpoint(watches).AddTo);
        api.AddFiltered(new WatchTicketEndpoint(authenticator).AddTo);
        new AuditEndpoints(node).AddTo(api);
        new ValidatorEndpoints(node, watches).AddTo(api);
        api.AddFiltered(new TopicEndpoints(node, watches).AddTo);
        api.AddFiltered(new SecretEndpoints(node, modules).AddTo);
        new NodeEndpoints(node, readers, answers).AddTo(api);
        api.AddFiltered(new AuthenticationEndpoints(node, authenticator).AddTo);
        api.AddFiltered(new DocumentEndpoints(api).AddTo);
        return api;
    }

    private static Authenticator Authenticate(Node node, ILogger log)
    {
        var credentials = new CredentialDirectory(node, problem => Log.CredentialNotUsed(log, problem));
        var limits = new SessionLimits(TimeSpan.FromSeconds(node.Options.Listen.SessionIdleSeconds), TimeSpan.FromSeconds(node.Options.Listen.SessionSeconds));
        return new Authenticator(() => credentials.Current, limits, new AuthenticationClocks(BootClock.Instance, node.Clock), problem => Log.IssuerKeysMissing(log, problem));
    }

    // Who may change nothing has nothing large to send.
    private static void BoundBody(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !(context.Request.ContentLength <= MostOfReaders)
            && context.Scope() is var scope && scope.Extent(AccessAction.Write, AccessPath.Node) == AccessExtent.None && scope.Extent(AccessAction.Admin, AccessPath.Node) == AccessExtent.None
            && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound)
        {
            bound.MaxRequestBodySize = MostOfReaders;
        }
    }

    private static async Task GuardAsync(HttpContext context, RequestDelegate next, Node node, RequestLimits limits, Guard guard)
    {
        var start = RequestMeter.Start();
        if (await guard.AdmitAsync(context) is not { } caller)
        {
            RequestMeter.Count(context, start);
            return;
        }

        context.Features.Set(caller);
        context.Features.Set(new CallerScope(node.Access, caller.Principal));
        if (!await limits.PassPrincipalAsync(context, caller.Principal))
        {
            RequestMeter.Count(context, start);
            return;
        }

        if (!node.Validators.IsEmpty)
        {
            ValidatorDirectory.Enter(new WritingCaller(caller.Principal.Name, caller.ProcessId, context.Request.Headers[CmsClient.ValidationHeader]));
        }

        try
        {
            FilteredByAccess.Require(context);
            BoundBody(context);
            await next(context);
        }
        catch (RefusedException refused)
        {
            await Answers.RefuseAsync(context, refused.Refusal);
        }
        catch (BadHttpRequestException bad)
        {
            var code = bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? ErrorCode.TooLarge : ErrorCode.InvalidArgument;
            await Answers.RefuseAsync(context, new Refusal(code, bad.Message));
        }
        catch (IOException malformed) when (malformed.InnerException is OverflowException)
        {
            // The server's word for a chunk whose size is no number that it can count.
            await Answers.RefuseAsync(context, new Refusal(ErrorCode.InvalidArgument, malformed.Message));
        }
        catch (JournalFullException full)
        {
            await Answers.RefuseAsync(context, new Refusal(ErrorCode.StorageFull, full.Message));
        }
        catch (HistoryRemovedException removed)
        {
            await Answers.RefuseAsync(context, new Refusal(ErrorCode.NotFound, removed.Message));
        }
        catch (Exception fault) when (fault is JournalException or SegmentException or SnapshotTooOldException)
        {
            await Answers.RefuseAsync(context, new Refusal(ErrorCode.Unavailable, fault.Message));
        }
        // The caller hears of every fault in the one form that he can read.
#pragma warning disable CA1031
        catch (Exception fault) when (!context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
#pragma warning restore CA1031
        {
            await Answers.RefuseAsync(context, new Refusal(ErrorCode.UnknownOutcome, $"the request failed in the daemon: {fault.Message}"));
        }
        finally
        {
            RequestMeter.Count(context, start);
        }
    }
}
