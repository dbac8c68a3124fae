namespace Cms.Tests.Simulation;

/// <summary>Something was seen that must never be.</summary>
internal sealed class InvariantViolation(string what) : Exception(what);
