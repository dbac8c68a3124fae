using Cms.Actors.Modules;
using Cms.Client.Wire;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Requests;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http.Resources;

/// <summary>Carries out changes of a part of a module: each is an ordinary commit, under the conditions of the request.</summary>
/// <param name="reads">Reads what a change is made of.</param>
internal sealed class ModuleEdits(ModuleReads reads)
{
    // A change that depends on what is there is made anew when that was changed meanwhile.
    private const int MostAttempts = 10;

    /// <summary>What the query of every such change may have.</summary>
    public static readonly QueryParameter[] Parameters = [Standard.Message, Standard.RequestId, Standard.WaitForFile];

    /// <summary>Makes a commit of operations that do not depend on what is there.</summary>
    public Task CommitAsync(HttpContext context, ModuleActor actor, Part part, params IReadOnlyList<ModuleOperation> operations) =>
        CommitAsync(context, actor, part, new Planned(operations), attempt: MostAttempts);

    /// <summary>Makes a commit of operations that are planned on the state that the caller may know of.</summary>
    /// <param name="context">The request.</param>
    /// <param name="actor">The module.</param>
    /// <param name="part">What the change is about.</param>
    /// <param name="plan">Plans on a state; refuses what cannot be.</param>
    public async Task PlanAsync(HttpContext context, ModuleActor actor, Part part, Func<IModuleView, Planned> plan)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (tag, planned) = reads.LookKnown(context, actor, view => (part.TagOf(view), plan(view)));
            var still = part with { Unchanged = new(tag) };
            if (await CommitAsync(context, actor, still, planned, attempt))
            {
                return;
            }
        }
    }

    /// <summary>What a change is about.</summary>
    /// <param name="Kind">What it is, in a word.</param>
    /// <param name="Path">Its address in the module.</param>
    /// <param name="TagOf">Its tag in a state; null when it is not there.</param>
    /// <param name="MustBeThere">Whether the change is refused when it is not there.</param>
    internal sealed record Part(string Kind, string Path, Func<IModuleView, string?> TagOf, bool MustBeThere)
    {
        /// <summary>For people.</summary>
        public string Described => $"{Kind} '{Path}'";

        /// <summary>The tag that it must still have, since the change was planned on that; null when it was not.</summary>
        public Expected? Unchanged { get; init; }
    }

    /// <summary>A tag that was there, or null for none.</summary>
    internal sealed record Expected(string? Tag);

    /// <summary>What is to be done.</summary>
    /// <param name="Operations">In order.</param>
    internal sealed record Planned(IReadOnlyList<ModuleOperation> Operations)
    {
        /// <summary>Where something new is found afterwards, by the answer; null when nothing is new.</summary>
        public Func<ModuleReply, string>? LocationOf { get; init; }
    }

    // False when what it was planned on was changed meanwhile, and there are attempts left.
    private async Task<bool> CommitAsync(HttpContext context, ModuleActor actor, Part part, Planned planned, int attempt)
    {
        var origin = ModuleEndpoints.Origin(context, Standard.Message.Find(context), ModuleEndpoints.RequestId(context));
        var isOvertaken = false;
        var asked = reads.Conditions.Of(context.Request, part.Described, part.Path, part.TagOf);
        Refusal? Check(IModuleView state)
        {
            if (asked?.Invoke(origin.Access.Filter(actor.Module.Name, state)) is { } failed)
            {
                return failed;
            }

            var tag = part.TagOf(origin.Access.In(actor.Module.Name).FilterKnown(state));
            isOvertaken = part.Unchanged is { } unchanged && unchanged.Tag != tag;
            return isOvertaken ? new Refusal(ErrorCode.Conflict, $"{part.Described} is being changed by others all the time; send the request again") { Paths = [part.Path] }
                : tag is null && part.MustBeThere ? new Refusal(ErrorCode.NotFound, $"there is no {part.Described}") { Paths = [part.Path] }
                : null;
        }

        var command = new ModuleCommand.Edit(origin, planned.Operations) { WaitForFile = Standard.WaitForFile.IsSet(context), Condition = Check };
        var reply = await actor.AskAsync(command, context.RequestAborted);
        if (isOvertaken && reply.Refusal is not null && attempt < MostAttempts)
        {
            return false;
        }

        if (reply.Refusal is { } refusal)
        {
            await Answers.RefuseAsync(context, refusal);
            return true;
        }

        if (planned.LocationOf is { } location)
        {
            context.Response.StatusCode = StatusCodes.Status201Created;
            context.Response.Headers.Location = location(reply);
        }

        await Answers.WriteAsync(context, ReplyMapper.ToReply(reply), WireJson.Default.CommitReply);
        return true;
    }
}
