using Cms.Client.Wire;
using Cms.Formats.Refusals;

namespace Cms.Client;

/// <summary>The answer to a bulk.</summary>
/// <param name="Done">What is durable.</param>
/// <param name="Refusal">Why the bulk ended before its end, or null.</param>
/// <param name="Line">The line at fault, if it is known.</param>
public sealed record BulkResult(BulkReply Done, Refusal? Refusal, long? Line);
