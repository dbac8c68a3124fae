namespace Cms.Tests.Simulation;

/// <summary>What became of a simulation.</summary>
/// <param name="Seed">What it was made from.</param>
/// <param name="Failure">What must not be and was, with the last lines of the trace; null when all was well.</param>
/// <param name="TraceHash">The same for the same seed, or something is left to chance.</param>
/// <param name="TraceLines">How much happened.</param>
internal sealed record SimulationResult(int Seed, string? Failure, ulong TraceHash, int TraceLines);
