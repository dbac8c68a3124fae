using System.Diagnostics;

namespace Cms.Formats.Refusals;

/// <summary>What one refusal is called on each way out of the house.</summary>
/// <param name="Code">The refusal.</param>
/// <param name="Name">Its name on the wire.</param>
/// <param name="HttpStatus">Its HTTP status.</param>
/// <param name="ExitCode">The exit code of <c>cms</c>.</param>
/// <param name="Errno">The errno that C callers get.</param>
public sealed record ErrorMapping(ErrorCode Code, string Name, int HttpStatus, int ExitCode, string Errno);

/// <summary>The one table of refusals; <c>docs/errors.md</c> prints it and a test holds the two equal.</summary>
public static class ErrorCodes
{
    /// <summary>Every refusal, in the order of its number.</summary>
    public static IReadOnlyList<ErrorMapping> All { get; } =
    [
        new(ErrorCode.InvalidArgument, "invalid-argument", 400, 2, "EINVAL"),
        new(ErrorCode.NotFound, "not-found", 404, 3, "ENOENT"),
        new(ErrorCode.AlreadyExists, "already-exists", 409, 4, "EEXIST"),
        new(ErrorCode.Conflict, "conflict", 409, 5, "ESTALE"),
        new(ErrorCode.TooLarge, "too-large", 413, 6, "E2BIG"),
        new(ErrorCode.SegmentFull, "segment-full", 507, 7, "ENOSPC"),
        new(ErrorCode.Busy, "busy", 503, 8, "EAGAIN"),
        new(ErrorCode.Denied, "denied", 403, 9, "EACCES"),
        new(ErrorCode.FileUnreadable, "file-unreadable", 422, 10, "EBADMSG"),
        new(ErrorCode.Unavailable, "unavailable", 503, 11, "ECONNREFUSED"),
        new(ErrorCode.UnknownOutcome, "unknown-outcome", 500, 12, "EIO"),
        new(ErrorCode.StorageFull, "storage-full", 507, 13, "ENOSPC"),
        new(ErrorCode.Locked, "locked", 423, 14, "EBUSY"),
        new(ErrorCode.Vetoed, "vetoed", 422, 15, "EPERM"),
        new(ErrorCode.SchemaViolated, "schema-violated", 422, 16, "EINVAL"),
        new(ErrorCode.Unauthenticated, "unauthenticated", 401, 17, "EACCES"),
        new(ErrorCode.TooManyRequests, "too-many-requests", 429, 18, "EAGAIN"),
        new(ErrorCode.PreconditionFailed, "precondition-failed", 412, 19, "ESTALE"),
    ];

    /// <summary>The row of one refusal.</summary>
    public static ErrorMapping Of(ErrorCode code) =>
        All.FirstOrDefault(mapping => mapping.Code == code) ?? throw new UnreachableException($"refusal {code} has no row");

    /// <summary>The refusal with this wire name, or null for a name from a newer daemon.</summary>
    public static ErrorCode? FromName(string name) => All.FirstOrDefault(mapping => mapping.Name == name)?.Code;
}
