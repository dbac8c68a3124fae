using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Formats.Segments.Writing;

namespace Cms.Tests.Segments;

/// <summary>
/// Runs readers at every store of a writer and writers at every load of a reader, deterministically in one thread, and
/// tells the first wrong answer. A writer or reader with a planted fault must not get through.
/// </summary>
internal static class SegmentHunt
{
    private static readonly SegmentOptions Options = new() { MaximumBytes = 4 << 20, InitialEntries = 10, RetainedCommits = 2 };

    /// <summary>The first violation in words; null when all went well.</summary>
    public static string? Run(PlantedFault fault, bool believeMisses, int tablePercent = 0)
    {
        try
        {
            return ReadAtEveryStore(fault, tablePercent) ?? AskHandlesAtEveryStore(fault) ?? KeepOldSnapshots(fault, tablePercent) ?? WriteAtEveryLoad(fault, believeMisses);
        }
        catch (SegmentException exception)
        {
            return exception.Message;
        }
    }

    private static string? ReadAtEveryStore(PlantedFault fault, int tablePercent)
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(51) { Scale = 6, TablePercent = tablePercent };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options with { InitialEntries = 500 });
        using var reader = SegmentReader.Open(place.Path);
        writer.Fault = fault;
        string? problem = null;
        for (var commit = 0; commit < 60 && problem is null; commit++)
        {
            var before = history.Model.Clone();
            var changes = history.NextCommit(4);
            writer.BeforeStore = () => problem ??= Look(reader, before, history.Model);
            writer.Project(history.Model.Revision, changes);
            writer.BeforeStore = null;
        }

        return problem;
    }

    private static string? Look(SegmentReader reader, ModuleModel before, ModuleModel after)
    {
        var view = reader.Snapshot();
        return ViewAssert.Difference(view.Revision == before.Revision ? before : after, view);
    }

    private static string? AskHandlesAtEveryStore(PlantedFault fault)
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(61) { Scale = 5 };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options with { InitialEntries = 500 });
        using var reader = SegmentReader.Open(place.Path);
        writer.Fault = fault;
        var handles = Enumerable.Range(0, 80).SelectMany(section => Enumerable.Range(0, 5).Select(option => new Named($"s{section}", $"o{option}", reader))).ToArray();
        var turn = 0;
        string? problem = null;
        for (var commit = 0; commit < 150 && problem is null; commit++)
        {
            var before = history.Model.Clone();
            var changes = history.NextCommit(4);
            writer.BeforeStore = () =>
            {
                var model = reader.VisibleRevision == before.Revision ? before : history.Model;
                for (var count = 0; count < 20; count++)
                {
                    problem ??= handles[turn++ % handles.Length].Difference(model);
                }
            };
            writer.Project(history.Model.Revision, changes);
            writer.BeforeStore = null;
            problem ??= handles.Select(handle => handle.Difference(history.Model)).FirstOrDefault(difference => difference is not null);
        }

        return problem;
    }

    private static string? KeepOldSnapshots(PlantedFault fault, int tablePercent)
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(52) { Scale = 6, TablePercent = tablePercent };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options with { InitialEntries = 500 });
        using var reader = SegmentReader.Open(place.Path);
        writer.Fault = fault;
        var kept = new List<(ModuleModel Model, IModuleView View)>();
        for (var commit = 0; commit < 60; commit++)
        {
            var changes = history.NextCommit(4);
            writer.Project(history.Model.Revision, changes);
            kept.Add((history.Model.Clone(), reader.Snapshot()));
            foreach (var (model, view) in kept)
            {
                if (Compare(model, view) is { } problem)
                {
                    return problem;
                }
            }
        }

        return null;
    }

    private static string? Compare(ModuleModel model, IModuleView view)
    {
        try
        {
            return ViewAssert.Difference(model, view);
        }
        catch (SnapshotTooOldException)
        {
            return null;
        }
    }

    // At the first load of a lookup, then at the second, and so on, the writer does a burst of commits: the key's
    // versions are replaced and their blocks used again, then the key goes, is forgotten, and comes back elsewhere.
    private static string? WriteAtEveryLoad(PlantedFault fault, bool believeMisses)
    {
        for (var load = 1; ; load++)
        {
            using var place = new SegmentPlace();
            using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
            writer.Fault = fault;
            Fill(writer);
            using var reader = SegmentReader.Open(place.Path);
            reader.BelieveMisses = believeMisses;
            var left = load;
            reader.BeforeLoad = () =>
            {
                if (--left == 0)
                {
                    Burst(writer);
                }
            };
            if (ReadKey(reader) is { } problem)
            {
                return $"load {load}: {problem}";
            }

            if (left > 0)
            {
                return null;
            }
        }
    }

    private static string? ReadKey(SegmentReader reader)
    {
        if (!reader.TryGet("s.key"u8, out var value))
        {
            return "the key is missing";
        }

        var text = value.GetText();
        return text.Length == 48 && text.AsSpan().IndexOfAnyExcept(text[0]) < 0 ? null : $"the value is torn: {text}";
    }

    private static void Fill(SegmentWriter writer)
    {
        Commit(writer, [new ModuleChange.SectionAdded(new(1), "t", "s"), .. Enumerable.Range(0, 5).Select(index => Set($"filler{index}", 'f'))]);
        Commit(writer, [Set("key", 'a')]);
        Commit(writer, [.. Enumerable.Range(0, 5).Select(index => new ModuleChange.OptionRemoved(new(1), $"filler{index}"))]);
        for (var count = 0; count < 4; count++)
        {
            Commit(writer, [Set("other", 'o')]);
        }
    }

    private static void Burst(SegmentWriter writer)
    {
        for (var letter = 'b'; letter < 'h'; letter++)
        {
            Commit(writer, [Set("key", letter)]);
        }

        Commit(writer, [new ModuleChange.OptionRemoved(new(1), "key")]);
        for (var count = 0; count < 4; count++)
        {
            Commit(writer, [Set("other", 'p')]);
        }

        Commit(writer, [Set("key", 'z')]);
    }

    private static ModuleChange.OptionSet Set(string name, char letter) =>
        new(new(1), name, ConfigValue.FromBytes(Encoding.ASCII.GetBytes(new string(letter, 48))));

    private static void Commit(SegmentWriter writer, IReadOnlyList<ModuleChange> changes) => writer.Project(writer.Revision.Next, changes);

    private sealed class Named(string section, string option, SegmentReader reader)
    {
        private readonly OptionHandle _handle = reader.Handle(Encoding.ASCII.GetBytes($"{section}.{option}"));

        public string? Difference(ModuleModel model)
        {
            var expected = model.FindSection(section) is { } found ? model.FindOption(found.Id, option)?.Value : null;
            var byHandle = _handle.TryGet(out var value) ? value : null;
            var byKey = reader.TryGet($"{section}.{option}", out value) ? value : null;
            return !Equals(expected, byHandle) ? $"{section}.{option} is {expected}, the handle says {byHandle}"
                : Equals(expected, byKey) ? null : $"{section}.{option} is {expected}, the reader says {byKey}";
        }
    }
}
