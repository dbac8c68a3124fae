using Cms.Storage.Journals;
using Cms.Tests.Journals;

namespace Cms.Tests.Simulation;

public sealed class SimulatedJournalTests : JournalConformance
{
    private readonly SimulatedJournalFile _file = new(new SimulatedDisk(faults: null, clock: null), faults: null);

    private protected override IJournal Open() => _file.Open(new Guid("6f1c2a52-7f0e-4c5b-9d43-0a8b7c6d5e4f"));
}
