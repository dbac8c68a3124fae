using System.Diagnostics;

namespace Cms.Formats.Refusals;

/// <summary>What one refusal is called on each way out of the house.</summary>
/// <param name="Code">The refusal.</param>
/// <param name="Name">Its name on the wire.</param>
/// <param name="HttpStatus">Its HTTP status.</param>
/// <param name="ExitCode">The exit code of <c>cms</c>.</param>
/// <param name="Errno">The errno that C callers get.</param>
/// <param name="Hint">What can be done about it, in one line for people.</param>
public sealed record ErrorMapping(ErrorCode Code, string Name, int HttpStatus, int ExitCode, string Errno, string Hint);

/// <summary>The one table of refusals; <c>docs/errors.md</c> prints it and a test holds the two equal.</summary>
public static class ErrorCodes
{
    /// <summary>Every refusal, in the order of its number.</summary>
    public static IReadOnlyList<ErrorMapping> All { get; } =
    [
        new(ErrorCode.InvalidArgument, "invalid-argument", 400, 2, "EINVAL", "mend what the detail names, by the rule that it names"),
        new(ErrorCode.NotFound, "not-found", 404, 3, "ENOENT", "create it first, or mend the name"),
        new(ErrorCode.AlreadyExists, "already-exists", 409, 4, "EEXIST", "choose another name"),
        new(ErrorCode.Conflict, "conflict", 409, 5, "ESTALE", "read it again, decide, and send the change anew"),
        new(ErrorCode.TooLarge, "too-large", 413, 6, "E2BIG", "send less at once"),
        new(ErrorCode.SegmentFull, "segment-full", 507, 7, "ENOSPC", "remove what is not needed, or raise segment_bytes or segment_total_bytes"),
        new(ErrorCode.Busy, "busy", 503, 8, "EAGAIN", "send the same request again later"),
        new(ErrorCode.Denied, "denied", 403, 9, "EACCES", "use a caller who may; cms access explain tells which rule decides"),
        new(ErrorCode.FileUnreadable, "file-unreadable", 422, 10, "EBADMSG", "mend the file at the line that the detail names"),
        new(ErrorCode.Unavailable, "unavailable", 503, 11, "ECONNREFUSED", "ask again soon"),
        new(ErrorCode.UnknownOutcome, "unknown-outcome", 500, 12, "EIO", "send it again with the same request id: it returns the first answer, or is carried out now"),
        new(ErrorCode.StorageFull, "storage-full", 507, 13, "ENOSPC", "make room on the disk; reading goes on meanwhile"),
        new(ErrorCode.Locked, "locked", 423, 14, "EBUSY", "send it again later"),
        new(ErrorCode.Vetoed, "vetoed", 422, 15, "EPERM", "mend what the validator names"),
        new(ErrorCode.SchemaViolated, "schema-violated", 422, 16, "EINVAL", "mend each of the violations and send it again"),
        new(ErrorCode.Unauthenticated, "unauthenticated", 401, 17, "EACCES", "log in, or show a key or token that holds"),
        new(ErrorCode.TooManyRequests, "too-many-requests", 429, 18, "EAGAIN", "wait as long as Retry-After says"),
        new(ErrorCode.PreconditionFailed, "precondition-failed", 412, 19, "ESTALE", "read it again, decide, and send the change with the new tag"),
    ];

    /// <summary>The row of one refusal.</summary>
    public static ErrorMapping Of(ErrorCode code) =>
        All.FirstOrDefault(mapping => mapping.Code == code) ?? throw new UnreachableException($"refusal {code} has no row");

    /// <summary>The refusal with this wire name, or null for a name from a newer daemon.</summary>
    public static ErrorCode? FromName(string name) => All.FirstOrDefault(mapping => mapping.Name == name)?.Code;
}
