using System.Text.Json;
using Cms.Actors;
using Cms.Actors.Topics;
using Cms.Actors.Validation;
using Cms.Client.Wire;
using Cms.Formats.Refusals;
using Cms.Gateways.Requests;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The requests of validators, who are asked before commits become durable.</summary>
/// <param name="node">The node.</param>
/// <param name="stopping">The daemon stops.</param>
internal sealed class ValidatorEndpoints(Node node, CancellationToken stopping)
{
    private const int LongestMessage = 4096;
    private static readonly byte[] Alive = ToBytes(new() { Kind = WatchLine.Alive });

    /// <summary>Asks the caller, a line each, until the caller goes.</summary>
    public async Task ValidateAsync(HttpContext context)
    {
        var heartbeat = TimeSpan.FromMilliseconds(WatchEndpoints.HeartbeatMs(context));
        using var validator = node.Validators.Register(TermsOf(context));
        using var stream = new LineStream(context, heartbeat, stopping);
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
        var query = context.Request.Query;
        var patterns = query["pattern"].OfType<string>().Select(TopicPattern.Parse).ToList();
        var longest = (int)ValidatorTerms.LongestDeadline.TotalMilliseconds;
        var deadline = TimeSpan.FromMilliseconds(Answers.NumberOf(context, "deadlineMs", ValidatorRequest.DefaultDeadlineMs, 1, longest));
        var acceptsByDefault = query["default"].ToString() switch
        {
            "accept" => true,
            "reject" or "" => false,
            var other => throw new RefusedException(ErrorCode.InvalidArgument, $"default '{other}' is not legal: use accept or reject"),
        };
        return new ValidatorTerms(query["name"].ToString(), patterns, deadline, acceptsByDefault, context.Caller().ProcessId);
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
