using Cms.Formats.Uci;

namespace Cms.Cli.Uci;

/// <summary>What a command wants to change: lines in order, or the reason why it must not.</summary>
internal sealed record UciEdit(UciFailure? Failure, IReadOnlyList<UciDeltaLine> Lines)
{
    /// <summary>Whether the lines, or some of them when refused, were already done to the package in memory.</summary>
    public bool IsApplied { get; init; }

    /// <summary>There is nothing to do.</summary>
    public static readonly UciEdit Nothing = new(null, []);

    /// <summary>The command is refused.</summary>
    public static UciEdit Refuse(UciFailure failure) => new(failure, []);

    /// <summary>One line does it.</summary>
    public static UciEdit Of(UciDeltaLine line) => new(null, [line]);
}
