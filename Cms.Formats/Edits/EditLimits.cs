namespace Cms.Formats.Edits;

/// <summary>The bounds of names, values and requests.</summary>
public sealed record EditLimits
{
    /// <summary>The bounds unless the settings say otherwise.</summary>
    public static readonly EditLimits Default = new();

    /// <summary>The longest name or type, in bytes.</summary>
    public int MaxNameBytes { get; init; } = 255;

    /// <summary>The longest value, in bytes of its binary form.</summary>
    public int MaxValueBytes { get; init; } = 1 << 20;

    /// <summary>The most elements of a list.</summary>
    public int MaxListElements { get; init; } = 65_536;

    /// <summary>The most operations in one session or request; imports are not counted.</summary>
    public int MaxOperations { get; init; } = 100_000;

    /// <summary>The most operations of a bulk that is one commit.</summary>
    public int MaxBulkOperations { get; init; } = 2_000_000;
}
