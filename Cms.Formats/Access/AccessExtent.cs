namespace Cms.Formats.Access;

/// <summary>How much of what lies under a path is allowed.</summary>
public enum AccessExtent
{
    /// <summary>Nothing: the path itself is as if it were not there.</summary>
    None,

    /// <summary>Some of it may be; single paths have to be asked for.</summary>
    Some,

    /// <summary>The path and all under it.</summary>
    All,
}
