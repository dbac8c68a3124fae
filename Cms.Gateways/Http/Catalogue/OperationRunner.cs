using Cms.Formats.Refusals;
using Cms.Gateways.Http.Resources;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http.Catalogue;

/// <summary>Holds a request against the description of its operation, and has it carried out.</summary>
/// <param name="answers">What requests with a key were answered.</param>
internal sealed class OperationRunner(IdempotentAnswers answers)
{
    /// <summary>Carries out a request, or refuses what its operation does not take or answer.</summary>
    public Task RunAsync(Operation operation, HttpContext context)
    {
        if (operation.Bodies.Count > 0 && !Negotiation.IsTaken(operation.Bodies, context.Request))
        {
            var types = string.Join(" or ", operation.Bodies.Select(body => body.MediaType));
            return Answers.RefuseAsync(
                context, new Refusal(ErrorCode.InvalidArgument, $"the content type '{context.Request.ContentType}' is not taken here: use {types}"), StatusCodes.Status415UnsupportedMediaType);
        }

        if (operation.AnswerTypes.Count > 0 && Negotiation.Choose(context.Request.Headers.Accept, operation.AnswerTypes) is null)
        {
            var types = string.Join(" or ", operation.AnswerTypes);
            return Answers.RefuseAsync(
                context, new Refusal(ErrorCode.InvalidArgument, $"what Accept asks for cannot be answered here: ask for {types}"), StatusCodes.Status406NotAcceptable);
        }

        if (operation.DeprecatedSince is not null)
        {
            context.Response.Headers["Deprecation"] = "true";
        }

        return operation.KeepsAnswers && context.Request.Headers[Standard.IdempotencyKey.Name] is [{ } key, ..]
            ? answers.RunAsync(context, key, operation.Handler)
            : operation.Handler(context);
    }
}
