using Cms.Formats.Access;
using Cms.Storage.Confirmations;

namespace Cms.Actors.Transactions;

/// <summary>How a transaction is committed.</summary>
/// <param name="Message">Kept with the commit; null stands for the one given at the begin.</param>
/// <param name="WaitsForFile">Whether the reply waits until the text files hold the commit.</param>
/// <param name="Confirmation">What has to confirm the commit, or null.</param>
/// <param name="Access">What may be changed for who commits, by the rules of now.</param>
public sealed record TransactionEnd(string? Message, bool WaitsForFile, ConfirmationTerms? Confirmation, AccessScope Access);
