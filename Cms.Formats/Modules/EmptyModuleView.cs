namespace Cms.Formats.Modules;

/// <summary>A module before its first commit; the ground that a fold of the journal stands on.</summary>
public sealed class EmptyModuleView : IModuleView
{
    /// <summary>The one instance; safe for any thread.</summary>
    public static readonly EmptyModuleView Instance = new();

    private EmptyModuleView()
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
