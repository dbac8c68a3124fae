namespace Cms.Gateways.Requests;

/// <summary>Who sends a request, as the operating system vouches for it.</summary>
/// <param name="UserId">The Unix uid of the peer.</param>
/// <param name="ProcessId">Its process id when it connected.</param>
public sealed record Caller(uint UserId, int ProcessId)
{
    /// <summary>The name of the program that the process ran when it first asked, or null when it had gone by then; a label only.</summary>
    public string? Program { get; init; }

    /// <summary>How commits name the caller.</summary>
    public string Principal => $"uid:{UserId}";

    /// <summary>By which way the caller comes, as commits keep it: <c>unix cms[4242]</c>.</summary>
    public string Gateway => $"unix {Program}[{ProcessId}]";
}
