namespace Cms.Actors.Validation;

/// <summary>Who sends a request, as far as validation cares.</summary>
/// <param name="ProcessId">The process at the other end.</param>
/// <param name="Validation">The validation in whose course it is sent, as the sender says; or null.</param>
public sealed record WritingCaller(int ProcessId, string? Validation);
