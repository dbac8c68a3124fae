using Cms.Actors;
using Cms.Actors.Modules;
using Cms.Actors.Topics;
using Cms.Formats.Modules;
using Cms.Gateways.Http.Catalogue;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http.Resources;

/// <summary>Answers reading requests: which state is read, what of it the caller may see, whether he has it already, and whether he waits for another.</summary>
/// <param name="node">The node.</param>
/// <param name="readers">Open readers of the segments.</param>
/// <param name="conditions">Reads and writes tags.</param>
/// <param name="stopping">The daemon stops.</param>
internal sealed class ModuleReads(Node node, SegmentReaders readers, Preconditions conditions, CancellationToken stopping)
{
    /// <summary>How long to wait for another state.</summary>
    public static readonly NumberParameter Wait = new(
        "wait", "With If-None-Match: for how many seconds to wait for another state before answering 304.", 0, 300, 0);

    // Each caller sees what he may, in the form that he asks for.
    private const string Vary = "Accept, Authorization";

    /// <summary>Reads and writes tags.</summary>
    public Preconditions Conditions => conditions;

    /// <summary>Answers with something of a module.</summary>
    /// <param name="context">The request.</param>
    /// <param name="actor">The module.</param>
    /// <param name="read">Finds in a state what is asked for; refuses when it is not there.</param>
    public Task AnswerAsync(HttpContext context, ModuleActor actor, Func<IModuleView, Reading> read) =>
        TryAnswer(context, actor, read, out var written) ? written : WaitAndAnswerAsync(context, actor, read);

    /// <summary>Has a function look at a module as its caller may see it: the newest state, or the one that the query asks for.</summary>
    public T Look<T>(HttpContext context, ModuleActor actor, Func<IModuleView, T> look)
    {
        var scope = context.Scope();
        if (context.Request.QueryString.HasValue && IsPast(context, out var past))
        {
            return look(scope.Filter(actor.Module.Name, node.History.StateAt(actor.Module, past)));
        }

        using var reader = readers.Take(actor.Module.Name);
        return look(scope.Filter(actor.Module.Name, reader.Snapshot()));
    }

    /// <summary>Has a function look at the newest state of a module, with what its caller may read or write.</summary>
    public T LookKnown<T>(HttpContext context, ModuleActor actor, Func<IModuleView, T> look)
    {
        using var reader = readers.Take(actor.Module.Name);
        return look(context.Scope().In(actor.Module.Name).FilterKnown(reader.Snapshot()));
    }

    private static bool IsPast(HttpContext context, out Revision past)
    {
        var number = context.GetEndpoint()?.Metadata.GetMetadata<Operation>() is { } operation && operation.QueryParameters.Contains(Standard.Revision)
            ? Standard.Revision.Find(context) : null;
        past = new Revision(number ?? 0);
        return number is not null;
    }

    // Answers at once unless the caller has this state already and wants to wait.
    private bool TryAnswer(HttpContext context, ModuleActor actor, Func<IModuleView, Reading> read, out Task written)
    {
        written = Look(context, actor, view =>
        {
            var reading = read(view);
            var form = ResourceForm.Of(context);
            var isKnown = conditions.IsKnown(context.Request.Headers.IfNoneMatch, reading.Tag, form, out var named);
            context.Response.Headers.ETag = named ?? conditions.Write(reading.Tag, form);
            context.Response.Headers.CacheControl = Revealing.Reveal.IsSet(context) ? "no-store" : "private, no-cache";
            context.Response.Headers.Vary = Vary;
            if (!isKnown)
            {
                return reading.WriteAsync(context);
            }

            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        });
        return context.Response.StatusCode != StatusCodes.Status304NotModified || !context.Request.QueryString.HasValue || Wait.Read(context) == 0;
    }

    private async Task WaitAndAnswerAsync(HttpContext context, ModuleActor actor, Func<IModuleView, Reading> read)
    {
        using var subscription = node.Topics.Subscribe([TopicPattern.Parse(actor.Module.Name)], since: null, wantsOld: false);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(Wait.Read(context)), node.Clock);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping, limit.Token);
        try
        {
            // What was committed before the subscription began is seen by looking once more.
            while (true)
            {
                context.Response.StatusCode = StatusCodes.Status200OK;
                TryAnswer(context, actor, read, out var written);
                await written;
                if (context.Response.StatusCode != StatusCodes.Status304NotModified || !await subscription.WaitAsync(ending.Token))
                {
                    return;
                }

                await subscription.TakeAsync(ending.Token);
            }
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
        }
    }
}

/// <summary>What a reading request is answered with.</summary>
/// <param name="Tag">Tells this state of it from all others; see <see cref="ResourceTag"/>.</param>
/// <param name="WriteAsync">Writes it; takes what it needs of the view before it waits for anything.</param>
internal readonly record struct Reading(string Tag, Func<HttpContext, Task> WriteAsync);
