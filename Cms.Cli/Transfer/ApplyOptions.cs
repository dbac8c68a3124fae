namespace Cms.Cli.Transfer;

/// <summary>What is applied and how.</summary>
/// <param name="Path">A directory or a file.</param>
internal sealed record ApplyOptions(string Path)
{
    /// <summary>Whether modules that no file has are emptied.</summary>
    public bool IsPruning { get; init; }

    /// <summary>Whether the files are added to their modules, which otherwise become equal to them.</summary>
    public bool IsMerge { get; init; }

    /// <summary>Whether the plan is agreed to before it is seen.</summary>
    public bool IsAgreed { get; init; }

    /// <summary>Whether the plan is only shown.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Whether to wait until the text files are written.</summary>
    public bool Waits { get; init; }

    /// <summary>Kept with the commits.</summary>
    public string Message { get; init; } = "apply";
}
