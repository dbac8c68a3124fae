using Cms.Formats.Refusals;

namespace Cms.Gateways.Bulk;

/// <summary>Why a bulk ends before its end.</summary>
/// <param name="Line">The line at fault, or the first line of the group at fault.</param>
/// <param name="Reason">What was refused there.</param>
internal sealed record BulkRefusal(long Line, Refusal Reason);
