using Cms.Formats.Modules;

namespace Cms.Formats.Segments.Writing;

/// <summary>A module before its first commit.</summary>
internal sealed class EmptyModule : IModuleView
{
    /// <summary>The only one.</summary>
    public static readonly EmptyModule Instance = new();

    private EmptyModule()
    {
    }

    /// <inheritdoc/>
    public Revision Revision => Revision.None;

    /// <inheritdoc/>
    public SectionId NextSection => new(1);

    /// <inheritdoc/>
    public int SectionCount => 0;

    /// <inheritdoc/>
    public IEnumerable<SectionView> Sections() => [];

    /// <inheritdoc/>
    public SectionView? FindSection(SectionId id) => null;

    /// <inheritdoc/>
    public SectionView? FindSection(string name) => null;

    /// <inheritdoc/>
    public IEnumerable<OptionView> Options(SectionId section) => [];

    /// <inheritdoc/>
    public OptionView? FindOption(SectionId section, string option) => null;
}
