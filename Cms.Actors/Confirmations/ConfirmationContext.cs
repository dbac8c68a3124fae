using Cms.Actors.History;
using Cms.Actors.Transactions;
using Cms.Formats.Mapping;
using Cms.Storage.Confirmations;
using Cms.Storage.Journals;
using Microsoft.Extensions.Logging;

namespace Cms.Actors.Confirmations;

/// <summary>What the keeper of confirmations works with.</summary>
internal sealed record ConfirmationContext(
    NodeOptions Options,
    IConfirmationStore Store,
    IJournal Journal,
    ModuleHistory History,
    TransactionCoordinator Transactions,
    IConfirmationProbe Probe,
    IBootClock BootClock,
    TimeProvider Clock,
    Func<Guid> NewId,
    ILogger Logger);
