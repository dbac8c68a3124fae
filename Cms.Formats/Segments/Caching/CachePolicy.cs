namespace Cms.Formats.Segments.Caching;

/// <summary>Which of two remembered options gives way to a third.</summary>
public enum CachePolicy
{
    /// <summary>The one not used for longer: good when some options are read more often than others.</summary>
    LeastRecentlyUsed,

    /// <summary>The one used last: good when more options than fit are read round and round.</summary>
    MostRecentlyUsed,

    /// <summary>The one remembered first: the cheapest, no book is kept of uses.</summary>
    FirstIn,
}
