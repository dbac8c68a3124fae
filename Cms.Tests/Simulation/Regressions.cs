using Xunit;

namespace Cms.Tests.Simulation;

/// <summary>Seeds that once failed. A change of what clients do gives a seed another meaning, so that each says what it found.</summary>
public sealed class Regressions
{
    [Theory]
    [InlineData(11)] // A repeated commit over modules was refused, since one that it only read had changed since.
    [InlineData(18)] // A watcher that read the journal twice with what was there before was told of a section that was added twice.
    [InlineData(39)] // A journal that could not be read when a module was first asked for left the module dead.
    [InlineData(49)] // A journal that could not be read while a module opened left its segment counted for ever.
    [InlineData(116)] // A transaction that began while a module was down took that module for empty.
    [InlineData(358)] // A transaction that began while a module stopped read from memory that was given back.
    [InlineData(365)] // A commit whose flush had failed was refused when it was asked for again, and was there after a kill.
    [InlineData(574)] // A transaction waited for the text file, the file for a hand edit, and that for the transaction's lock.
    [InlineData(875)] // A commit waited for a module that was prepared together with one that was failing and pausing.
    [InlineData(55)] // The same while commits were replayed.
    [InlineData(8848)] // A transaction that was committed before was confirmed again while one of its modules could not be read.
    public void A_seed_that_once_failed_holds(int seed) => Assert.Null(SimulationRun.Of(seed).Failure);
}
