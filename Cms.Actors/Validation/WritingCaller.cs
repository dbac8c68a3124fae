namespace Cms.Actors.Validation;

/// <summary>Who sends a request, as far as validation cares.</summary>
/// <param name="Principal">Who he is.</param>
/// <param name="ProcessId">The process at the other end; null when it is not one of this machine, or the kernel does not say which.</param>
/// <param name="Validation">The validation in whose course it is sent, as the sender says; or null.</param>
public sealed record WritingCaller(string Principal, int? ProcessId, string? Validation);
