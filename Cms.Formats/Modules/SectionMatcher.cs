namespace Cms.Formats.Modules;

/// <summary>Finds the sections of one state of a module in another one that knows nothing of the first one's ids.</summary>
/// <remarks>
/// Sections of the same given name belong together. Of the others, those of equal type and content do, in order; then those of equal
/// type, in order, unless both have a given name: two different names with different content are two sections. Linear in the sizes
/// of both states. Pure.
/// </remarks>
public static class SectionMatcher
{
    /// <summary>Matches two states; both are only read.</summary>
    public static SectionMatch Match(IModuleView before, IModuleView after)
    {
        var pairs = new Dictionary<SectionId, SectionId>();
        var restBefore = before.Sections().ToList();
        var restAfter = after.Sections().ToList();
        MatchNames(pairs, ref restBefore, ref restAfter);
        MatchKeys(pairs, ref restBefore, ref restAfter, section => ContentKey(before, section), section => ContentKey(after, section), (old, young) =>
            SectionContent.AreEqual(before, old.Id, after, young.Id));
        MatchKeys(pairs, ref restBefore, ref restAfter, TypeKey, TypeKey, (old, young) => old.Name is null || young.Name is null);
        return new SectionMatch(pairs, [.. restBefore.Select(section => section.Id)], [.. restAfter.Select(section => section.Id)]);
    }

    private static (string Type, int Hash) ContentKey(IModuleView module, SectionView section) =>
        (section.Type, SectionContent.HashOf(module, section.Id));

    private static (string Type, int Hash) TypeKey(SectionView section) => (section.Type, 0);

    private static void MatchNames(Dictionary<SectionId, SectionId> pairs, ref List<SectionView> before, ref List<SectionView> after)
    {
        var byName = after.Where(section => section.Name is not null).ToDictionary(section => section.Name!, StringComparer.Ordinal);
        foreach (var section in before)
        {
            if (section.Name is not null && byName.TryGetValue(section.Name, out var same))
            {
                pairs.Add(section.Id, same.Id);
            }
        }

        DropMatched(pairs, ref before, ref after);
    }

    // Each old section takes the first new one of its key, if the two may be paired; the ones of a key are used up in order.
    private static void MatchKeys(
        Dictionary<SectionId, SectionId> pairs,
        ref List<SectionView> before,
        ref List<SectionView> after,
        Func<SectionView, (string Type, int Hash)> keyBefore,
        Func<SectionView, (string Type, int Hash)> keyAfter,
        Func<SectionView, SectionView, bool> mayPair)
    {
        if (before.Count == 0 || after.Count == 0)
        {
            return;
        }

        var candidates = new Dictionary<(string Type, int Hash), Queue<SectionView>>();
        foreach (var section in after)
        {
            var key = keyAfter(section);
            if (!candidates.TryGetValue(key, out var queue))
            {
                candidates.Add(key, queue = new Queue<SectionView>());
            }

            queue.Enqueue(section);
        }

        foreach (var section in before)
        {
            if (candidates.TryGetValue(keyBefore(section), out var queue) && queue.TryPeek(out var first) && mayPair(section, first))
            {
                pairs.Add(section.Id, queue.Dequeue().Id);
            }
        }

        DropMatched(pairs, ref before, ref after);
    }

    private static void DropMatched(Dictionary<SectionId, SectionId> pairs, ref List<SectionView> before, ref List<SectionView> after)
    {
        var matched = pairs.Values.ToHashSet();
        before = [.. before.Where(section => !pairs.ContainsKey(section.Id))];
        after = [.. after.Where(section => !matched.Contains(section.Id))];
    }
}
