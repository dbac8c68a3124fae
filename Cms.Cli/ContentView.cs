using Cms.Client.Wire;
using Cms.Formats.Modules;

namespace Cms.Cli;

/// <summary>A module that the daemon told of, to be copied; when its parts were changed is not known, and it has no tables.</summary>
internal sealed class ContentView(ModuleContent content) : IModuleView
{
    private readonly Dictionary<SectionId, SectionReport> _sections = content.Sections.ToDictionary(section => new SectionId(section.Id));

    public Revision Revision => new(content.Revision);

    public SectionId NextSection => new(content.Sections.Select(section => section.Id).DefaultIfEmpty().Max() + 1);

    public int SectionCount => content.Sections.Count;

    public IEnumerable<SectionView> Sections() => content.Sections.Select(ToView);

    public SectionView? FindSection(SectionId id) => _sections.TryGetValue(id, out var section) ? ToView(section) : null;

    public SectionView? FindSection(string name) => Sections().FirstOrDefault(section => section.Name == name);

    public IEnumerable<OptionView> Options(SectionId section) => _sections[section].Options.Select(option => new OptionView(option.Key, option.Value, Revision));

    public OptionView? FindOption(SectionId section, string option) => Options(section).FirstOrDefault(each => each.Name == option);

    private SectionView ToView(SectionReport section) => new(new SectionId(section.Id), section.Type, section.Name, Revision);
}
