namespace Cms.Tests.Simulation;

/// <summary>The simulated disk has no space.</summary>
internal sealed class DiskFullException() : IOException("no space left on the simulated disk");
