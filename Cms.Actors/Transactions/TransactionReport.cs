using Cms.Formats.Edits;
using Cms.Formats.Modules;

namespace Cms.Actors.Transactions;

/// <summary>How an open transaction is doing, for people.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Principal">Who began it.</param>
/// <param name="Message">What he said about it.</param>
/// <param name="Remaining">How long it stays open when nobody uses it.</param>
/// <param name="Modules">Every module at the moment of the begin, by name.</param>
/// <param name="Savepoints">Their names, oldest first.</param>
public sealed record TransactionReport(
    string Id, string Principal, string Message, TimeSpan Remaining, IReadOnlyList<TransactionModuleReport> Modules, IReadOnlyList<string> Savepoints);

/// <summary>A module of an open transaction.</summary>
/// <param name="Module">Its name.</param>
/// <param name="Revision">The revision that the transaction reads.</param>
/// <param name="Operations">What is staged, in order.</param>
/// <param name="IsLocked">Whether the transaction has taken a lock on it.</param>
public sealed record TransactionModuleReport(string Module, Revision Revision, IReadOnlyList<ModuleOperation> Operations, bool IsLocked);
