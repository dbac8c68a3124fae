using Cms.Formats.Modules;

namespace Cms.Formats.Audit;

/// <summary>The addresses that the changes of a commit touch, as the audit log keeps them. Pure.</summary>
public static class TouchedPaths
{
    /// <summary>The most addresses of one commit; how many changes there are is kept beside them.</summary>
    public const int MaxPaths = 16;

    /// <summary>The first addresses, each once, such as <c>lan.mtu</c>, <c>#7</c> for a section without a name and <c>leases/</c> for a table.</summary>
    /// <param name="state">The module just before the commit.</param>
    /// <param name="changes">Of the commit, in order.</param>
    public static IReadOnlyList<string> Of(IModuleView state, IReadOnlyList<ModuleChange> changes)
    {
        var paths = new List<string>(Math.Min(changes.Count, MaxPaths));
        Dictionary<SectionId, string>? named = null;
        foreach (var change in changes)
        {
            if (paths.Count == MaxPaths)
            {
                break;
            }

            if (change is ModuleChange.SectionAdded { Name: { } name } added)
            {
                (named ??= [])[added.Section] = name;
            }

            var path = change switch
            {
                ModuleChange.OptionSet set => $"{NameOf(set.Section)}.{set.Option}",
                ModuleChange.OptionRemoved removed => $"{NameOf(removed.Section)}.{removed.Option}",
                ModuleChange.OptionRenamed renamed => $"{NameOf(renamed.Section)}.{renamed.Option}",
                ModuleChange.OfSection section => NameOf(section.Section),
                ModuleChange.OfTable table => table.Table + "/",
                _ => throw new System.Diagnostics.UnreachableException($"unknown change {change.GetType().Name}"),
            };
            if (!paths.Contains(path))
            {
                paths.Add(path);
            }
        }

        return paths;

        string NameOf(SectionId section) => named?.GetValueOrDefault(section) ?? state.FindSection(section)?.Name ?? $"#{section}";
    }
}
