using System.Globalization;
using Cms.Formats.Modules;

namespace Cms.Formats.Edits;

/// <summary>Puts the renaming of several sections in an order in which each new name is free when it is given.</summary>
/// <remarks>Where names go round in a circle, one section has a name of no other for a moment.</remarks>
/// <param name="current">The sections as they are.</param>
/// <param name="removals">Those that are removed before.</param>
/// <param name="renames">Names, each of one section, that nobody else has once all is done.</param>
internal sealed class RenameOrder(IModuleView current, HashSet<SectionId> removals, IReadOnlyDictionary<SectionId, string> renames)
{
    private readonly Dictionary<SectionId, string> _waiting = new(renames);
    private readonly List<ModuleOperation> _operations = [];

    /// <summary>The renamings, in order.</summary>
    public IReadOnlyList<ModuleOperation> Operations()
    {
        foreach (var first in renames.Keys)
        {
            Rename(first);
        }

        return _operations;
    }

    // Whoever holds the name that a section gets goes first, and so on; a circle leads back to the section itself.
    private void Rename(SectionId first)
    {
        var chain = new Stack<SectionId>();
        SectionId? next = first;
        while (next is { } section && _waiting.ContainsKey(section) && (chain.Count == 0 || section != first))
        {
            chain.Push(section);
            next = HolderOf(_waiting[section]);
        }

        if (chain.Count > 0 && next == first)
        {
            Add(first, FreeName());
        }

        foreach (var section in chain)
        {
            Add(section, _waiting[section]);
            _waiting.Remove(section);
        }
    }

    private void Add(SectionId section, string name) => _operations.Add(new ModuleOperation.RenameSection(new SectionSelector.ById(section), name));

    private SectionId? HolderOf(string name) => current.FindSection(name) is { } holder && !removals.Contains(holder.Id) ? holder.Id : null;

    private string FreeName()
    {
        for (var number = 0; ; number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"swapped{number}");
            if (current.FindSection(name) is null && !renames.Values.Contains(name))
            {
                return name;
            }
        }
    }
}
