using Cms.Client.Wire;

namespace Cms.Gateways.Bulk;

/// <summary>Where the operations of a bulk go. One thread at a time.</summary>
internal interface IBulkTarget
{
    /// <summary>Takes operations in the order of the text; waits when too much is on its way already.</summary>
    /// <returns>What ends the bulk, or null.</returns>
    ValueTask<BulkRefusal?> AddAsync(IReadOnlyList<BulkOperation> operations, CancellationToken cancellation);

    /// <summary>Carries out what is left, unless the bulk was refused, and waits for what is on its way.</summary>
    /// <param name="refusal">What ended the bulk, or null at its end.</param>
    /// <param name="lines">How many lines the text had.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>What is durable, and what ended the bulk: the refusal given or one of an earlier line.</returns>
    Task<(BulkReply Done, BulkRefusal? Refusal)> FinishAsync(BulkRefusal? refusal, long lines, CancellationToken cancellation);
}
