using Xunit;

namespace Cms.Tests.Simulation;

/// <summary>Seeds that once failed. A change of what clients do gives a seed another meaning, so that each says what it found.</summary>
public sealed class Regressions
{
    [Theory]
    [InlineData(11)] // A repeated commit over modules was refused, since one that it only read had changed since.
    [InlineData(39)] // A journal that could not be read when a module was first asked for left the module dead.
    [InlineData(49)] // A journal that could not be read while a module opened left its segment counted for ever.
    [InlineData(55)] // The same while commits were replayed.
    public void A_seed_that_once_failed_holds(int seed) => Assert.Null(SimulationRun.Of(seed).Failure);
}
