using Cms.Formats.Modules;

namespace Cms.Formats.Uci;

/// <summary>A section as it stands in a text.</summary>
/// <remarks>Invariant: all lines of the text are in exactly one of these lists, or before the first block.</remarks>
internal sealed class LayoutBlock(SectionId section, List<LayoutLine> lead, LayoutLine head)
{
    /// <summary>The section in the package that the text makes.</summary>
    public SectionId Section { get; } = section;

    /// <summary>The comment lines directly above.</summary>
    public List<LayoutLine> Lead { get; } = lead;

    /// <summary>The <c>config</c> line.</summary>
    public LayoutLine Head { get; } = head;

    /// <summary>Everything down to the last command.</summary>
    public List<LayoutLine> Body { get; } = [];

    /// <summary>What follows the last command and is not directly above the next section.</summary>
    public List<LayoutLine> Tail { get; } = [];
}
