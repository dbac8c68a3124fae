using Cms.Actors;
using Cms.Actors.Migrations;
using Cms.Client.Wire;
using Cms.Formats.Audit;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Requests;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests about migrations.</summary>
internal sealed class MigrationEndpoints(Node node)
{
    /// <summary>The most migrations in one request.</summary>
    private const int MaxMigrations = 1000;

    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        api.Get("/migrations", "The modules that have a schema, with the versions of it that they have had.", ListAsync).Answers(WireJson.Default.IReadOnlyListMigrationState);
        api.Post("/migrations/apply", "Carries out migrations in order, each as one commit.", ApplyAsync)
            .Takes(WireJson.Default.MigrationApplyRequest).AtMost(HttpGateway.MaxCommitBytes).Answers(WireJson.Default.MigrationReply).Changes();
        api.Post("/migrations/rollback", "Takes migrations of a module back, the newest first, each as one commit.", RollBackAsync)
            .Takes(WireJson.Default.MigrationRollbackRequest).Answers(WireJson.Default.MigrationReply).Changes();
    }

    /// <summary>Which versions the modules have.</summary>
    public Task ListAsync(HttpContext context) => Answers.WriteAsync(
        context,
        [.. node.Migrations.Installed().OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => MigrationState.Of(each.Key, each.Value))],
        WireJson.Default.IReadOnlyListMigrationState);

    /// <summary>Applies migrations, each as one commit.</summary>
    public async Task ApplyAsync(HttpContext context)
    {
        var request = await Answers.ReadAsync(context, WireJson.Default.MigrationApplyRequest);
        if (request.Migrations.Count is 0 or > MaxMigrations || request.Migrations.Any(migration => migration is null))
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"the request has {request.Migrations.Count} migrations; it takes 1 to {MaxMigrations}, none of them null");
        }

        var origin = ModuleEndpoints.Origin(context, request.Message, request.RequestId);
        var migrations = request.Migrations.Select(migration => migration.ToMigration()).ToList();
        var steps = new List<MigrationStepReply>();
        await AuditTrail.BeginAsync(context, AuditKinds.Administration, $"apply migrations: {string.Join(", ", migrations.Select(migration => $"{migration.Module} to {migration.Schema.Version}"))}");
        foreach (var migration in migrations)
        {
            var step = await node.Migrations.ApplyAsync(migration, MigrationRunner.ForStep(origin, steps.Count), request.WaitForFile, context.RequestAborted);
            steps.Add(step);
            if (step.Reply.Refusal is not null)
            {
                break;
            }
        }

        await AnswerAsync(context, steps);
    }

    /// <summary>Takes migrations of a module back.</summary>
    public async Task RollBackAsync(HttpContext context)
    {
        var request = await Answers.ReadAsync(context, WireJson.Default.MigrationRollbackRequest);
        var version = request.To is not { } to ? (SchemaVersion?)null
            : SchemaVersion.TryParse(to) ?? throw new RefusedException(ErrorCode.InvalidArgument, $"'{to}' is no version: write MAJOR.MINOR.PATCH, such as 1.0.0");
        var origin = ModuleEndpoints.Origin(context, request.Message, request.RequestId);
        await AuditTrail.BeginAsync(context, AuditKinds.Administration, $"roll migrations back to {version?.ToString() ?? "the version before"}", request.Module);
        await AnswerAsync(context, await node.Migrations.RollBackAsync(request.Module, version, origin, request.WaitForFile, context.RequestAborted));
    }

    // The steps before a refused one stand, so the refusal tells of them.
    private static Task AnswerAsync(HttpContext context, IReadOnlyList<MigrationStepReply> steps)
    {
        var done = steps.Where(step => step.Reply.Refusal is null).Select(ToInfo).ToList();
        return steps is [.., { Reply.Refusal: { } refusal }]
            ? Answers.RefuseAsync(context, ReplyMapper.ToProblem(refusal) with { Steps = done.Count == 0 ? null : done })
            : Answers.WriteAsync(context, new MigrationReply { Steps = done }, WireJson.Default.MigrationReply);
    }

    private static MigrationStepInfo ToInfo(MigrationStepReply step) => new()
    {
        Module = step.Module,
        From = step.From?.ToString(),
        To = step.To?.ToString(),
        Revision = step.Reply.Revision.Value,
        Changes = step.Reply.ChangeCount,
    };
}
