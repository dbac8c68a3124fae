namespace Cms.Formats.Modules;

/// <summary>The type of a scalar, or of each element of a list. The numbers are part of the journal and segment formats.</summary>
public enum ElementType : byte
{
    /// <summary>Any bytes, kept exactly.</summary>
    String = 0,

    /// <summary>A signed 64-bit integer.</summary>
    Int = 1,

    /// <summary>An IEEE 754 double.</summary>
    Float = 2,

    /// <summary>True or false.</summary>
    Bool = 3,
}
