using System.Text.Json;
using Cms.Actors;
using Cms.Actors.Topics;
using Cms.Actors.Validation;
using Cms.Client.Wire;
using Cms.Formats.Access;
using Cms.Formats.Audit;
using Cms.Formats.Refusals;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Requests;
using Cms.Gateways.Watching;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests of validators, who are asked before commits become durable.</summary>
/// <param name="node">The node.</param>
/// <param name="watches">What everything that goes on has in common.</param>
internal sealed class ValidatorEndpoints(Node node, WatchService watches)
{
    private const int LongestMessage = 4096;
    private static readonly byte[] Alive = ToBytes(new() { Kind = WatchLine.Alive });

    private static readonly TextParameter Name = new("name", "What refused callers are told; a later validator of the same name takes over.");
    private static readonly TextParameter ByDefault = new("default", "What no answer in time counts as; without it reject.", "accept", "reject");
    private static readonly NumberParameter Deadline = new(
        "deadlineMs", "How long a commit waits for the answer, in milliseconds.", 1, (long)ValidatorTerms.LongestDeadline.TotalMilliseconds, ValidatorRequest.DefaultDeadlineMs);

    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        api.Get("/validators", "Asks the caller before commits become durable, a line each.", ValidateAsync)
            .Query(Name, WatchEndpoints.Pattern, Deadline, ByDefault, WatchEndpoints.Heartbeat).Streams(WireJson.Default.ValidationLine);
        api.Post("/validations/{id}", "A validator's answer.", AnswerAsync).Takes(WireJson.Default.ValidationReply).AnswersNothing();
    }

    /// <summary>Asks the caller, a line each, until the caller goes.</summary>
    public async Task ValidateAsync(HttpContext context)
    {
        var heartbeat = TimeSpan.FromMilliseconds(WatchEndpoints.Heartbeat.Read(context));
        var terms = TermsOf(context);
        await AuditTrail.BeginAsync(context, AuditKinds.Administration, $"validate commits as {terms.Name}");
        using var validator = node.Validators.Register(terms);
        using var stream = new LineStream(context, watches, heartbeat, MediaTypes.JsonLines);
        using var entry = watches.Watches.Enter(WatchService.RightsOf(context, AccessPath.Node, AccessAction.Admin), _ => stream.End());
        var last = ValidationLine.Over;
        try
        {
            await stream.SendAsync(ToBytes(new() { Kind = WatchLine.Start }));
            while (await stream.WaitAsync(validator.WaitAsync, Alive))
            {
                while (validator.TryTake(out var pending))
                {
                    await stream.SendAsync(ToBytes(ToLine(pending)));
                }
            }
        }
        catch (OperationCanceledException)
        {
            last = WatchLine.End;
        }

        if (stream.IsHeard)
        {
            await stream.SendAsync(ToBytes(new() { Kind = last }));
        }
    }

    /// <summary>Takes an answer.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        var reply = await Answers.ReadAsync(context, WireJson.Default.ValidationReply);
        if (reply.Message?.Length > LongestMessage)
        {
            throw new RefusedException(ErrorCode.TooLarge, $"a message has at most {LongestMessage} characters");
        }

        node.Validators.Answer((string)context.Request.RouteValues["id"]!, reply.Validator, reply.Accept, reply.Message ?? "it gives no reason");
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static ValidatorTerms TermsOf(HttpContext context)
    {
        var patterns = WatchEndpoints.Pattern.Read(context).Select(TopicPattern.Parse).ToList();
        var deadline = TimeSpan.FromMilliseconds(Deadline.Read(context));
        return new ValidatorTerms(Name.Find(context) ?? "", patterns, deadline, ByDefault.Find(context) == "accept", context.Caller().Principal.Name, context.Caller().ProcessId);
    }

    private static ValidationLine ToLine(PendingValidation pending) => new()
    {
        Kind = ValidationLine.Validate,
        Id = pending.Id,
        DeadlineMs = (int)pending.Deadline.TotalMilliseconds,
        Commits = [.. pending.Commits.Select(commit => EventMapper.ToLine(WatchLine.Pending, commit, withOld: true))],
    };

    private static byte[] ToBytes(ValidationLine line) => [.. JsonSerializer.SerializeToUtf8Bytes(line, WireJson.Default.ValidationLine), (byte)'\n'];
}
