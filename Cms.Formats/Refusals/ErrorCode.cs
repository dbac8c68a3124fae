namespace Cms.Formats.Refusals;

/// <summary>Why a request was refused. Numbers and wire names never change; <see cref="ErrorCodes"/> maps them.</summary>
public enum ErrorCode
{
    /// <summary>An address, name, value, index or body breaks a rule.</summary>
    InvalidArgument = 1,

    /// <summary>There is no such module, section or option.</summary>
    NotFound = 2,

    /// <summary>A name is taken.</summary>
    AlreadyExists = 3,

    /// <summary>A staged or expected path has been changed since by somebody else.</summary>
    Conflict = 4,

    /// <summary>A name, value, list, body or count is over its bound.</summary>
    TooLarge = 5,

    /// <summary>The module's segment has no room left.</summary>
    SegmentFull = 6,

    /// <summary>A queue is full; the same request may be sent again later.</summary>
    Busy = 7,

    /// <summary>The caller may not do this.</summary>
    Denied = 8,

    /// <summary>The module's text file does not parse, and the request needs it.</summary>
    FileUnreadable = 9,

    /// <summary>The daemon, or the module in it, is not there now.</summary>
    Unavailable = 10,

    /// <summary>Whether the request took effect is not known; repeat it with the same request id.</summary>
    UnknownOutcome = 11,

    /// <summary>The disk that keeps the journal has no room left.</summary>
    StorageFull = 12,

    /// <summary>A transaction of somebody else has locked the module.</summary>
    Locked = 13,

    /// <summary>A validating subscriber refused the commit.</summary>
    Vetoed = 14,

    /// <summary>The module would not be as its schema says; the violations are listed.</summary>
    SchemaViolated = 15,

    /// <summary>Nobody vouches for the caller, or what he shows for it does not hold.</summary>
    Unauthenticated = 16,

    /// <summary>The caller asks faster than he may.</summary>
    TooManyRequests = 17,

    /// <summary>What the request is about is not at the revision that its condition names.</summary>
    PreconditionFailed = 18,
}
