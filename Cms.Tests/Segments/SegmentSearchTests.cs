using Cms.Formats.Modules;
using Cms.Formats.Searching;
using Cms.Formats.Segments;
using Xunit;

namespace Cms.Tests.Segments;

/// <summary>A search of a segment finds what a plain walk over a plain model finds, whatever others do meanwhile.</summary>
public sealed class SegmentSearchTests
{
    private const string Module = "module";
    private static readonly SegmentOptions Options = new() { MaximumBytes = 16 << 20, InitialEntries = 8, RetainedCommits = 5 };

    [Theory]
    [InlineData(1, 250, 6)]
    [InlineData(2, 60, 80)]
    [InlineData(3, 15, 600)]
    public void A_search_finds_what_a_walk_over_the_model_finds(int seed, int commits, int most)
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(seed) { Scale = most > 100 ? 40 : 12, TablePercent = 10 };
        var queries = new RandomQueries(seed);
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
        using var reader = SegmentReader.Open(place.Path);
        var found = 0;
        for (var commit = 0; commit < commits; commit++)
        {
            Commit(writer, history, most);
            for (var count = 0; count < 8; count++)
            {
                found += Compare(history.Model, reader.Snapshot(), queries, $"seed {seed}, commit {commit}");
            }
        }

        Assert.True(found > 1000, $"seed {seed} looked at {found} hits only");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void A_search_under_staged_changes_finds_what_will_be(int seed)
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(seed) { Scale = 12 };
        var queries = new RandomQueries(seed);
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options with { RetainedCommits = 100 });
        using var reader = SegmentReader.Open(place.Path);
        for (var commit = 0; commit < 60; commit++)
        {
            var overlay = new Overlay(reader.Snapshot());
            var changes = history.NextCommit(12);
            overlay.Apply(history.Model.Revision, changes);
            for (var count = 0; count < 8; count++)
            {
                _ = Compare(history.Model, overlay, queries, $"seed {seed}, commit {commit}");
            }

            Assert.True(writer.TryReserve(changes, out _));
            writer.Project(history.Model.Revision, changes);
        }
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    public void Commits_at_any_load_of_a_search_do_not_change_what_it_finds(int seed)
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(seed) { Scale = 10 };
        var queries = new RandomQueries(seed);
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options with { InitialEntries = 4096 });
        using var reader = SegmentReader.Open(place.Path);
        Commit(writer, history, 300);
        var overtaken = 0;
        for (var step = 0; step < 400; step++)
        {
            var before = history.Model.Clone();
            var left = (step * 7) + 1;
            var view = reader.Snapshot();
            reader.BeforeLoad = () =>
            {
                if (--left <= 0 && left > -(step % 8))
                {
                    Commit(writer, history, 5);
                }
            };
            try
            {
                _ = Compare(before, view, queries, $"seed {seed}, step {step}");
            }
            catch (SnapshotTooOldException)
            {
                overtaken++;
            }

            reader.BeforeLoad = null;
        }

        Assert.InRange(overtaken, 1, 399);
    }

    [Theory]
    [InlineData(8)]
    public async Task A_search_beside_a_writer_sees_each_commit_whole(int seed)
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(seed) { IsStamped = true, Scale = 60 };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options with { RetainedCommits = 50, InitialEntries = 4096 });
        Commit(writer, history, 500);
        using var enough = new CancellationTokenSource();
        var writing = Task.Run(
            () =>
            {
                while (!enough.IsCancellationRequested)
                {
                    Commit(writer, history, 6);
                }
            },
            TestContext.Current.CancellationToken);
        using var reader = SegmentReader.Open(place.Path);
        var query = new OptionQuery(SearchPattern.FromText("stamp.r", ignoresCase: false), SearchFields.Path);
        var (searched, revisions) = (0, new HashSet<Revision>());
        while ((searched < 500 || revisions.Count < 2) && !writing.IsCompleted)
        {
            try
            {
                var view = reader.Snapshot();
                var hits = OptionSearch.Run(view, Module, query).ToList();
                Assert.Equal(Enumerable.Range(0, 8).Select(index => $"stamp.r{index}={view.Revision}"), hits.Select(hit => $"stamp.{hit.Option.Name}={hit.Option.Value}"));
                revisions.Add(view.Revision);
                searched++;
            }
            catch (SnapshotTooOldException)
            {
                // The writer was faster; the next snapshot is newer.
            }
        }

        await enough.CancelAsync();
        await writing;
    }

    private static void Commit(SegmentWriter writer, RandomHistory history, int most)
    {
        var changes = history.NextCommit(most);
        Assert.True(writer.TryReserve(changes, out var refusal), refusal?.ToString());
        writer.Project(history.Model.Revision, changes);
    }

    private static int Compare(IModuleView model, IModuleView view, RandomQueries queries, string place)
    {
        var (query, text) = queries.Next();
        var expected = OptionSearch.Run(model, Module, query).Select(Format).ToList();
        var actual = OptionSearch.Run(view, Module, query).Select(Format).ToList();
        Assert.True(expected.SequenceEqual(actual), $"{place}, {text}: expected {string.Join(' ', expected)}, found {string.Join(' ', actual)}");
        return actual.Count;
    }

    private static string Format(OptionHit hit) => $"{hit.Section.Id} {hit.Section.Type} {hit.SectionName}.{hit.Option.Name}={hit.Option.Value} {hit.Option.Changed}";

    /// <summary>Makes up queries that find something in random histories, from a seed.</summary>
    private sealed class RandomQueries(int seed)
    {
        private static readonly string[] Texts = ["s1", "o3", ".o1", "s1.o", "module.s", "dule.s2", "E", "module", "O1", "@type1", "@type1[0].o", "type", "1", "eee", "0", "x", "\u00e9"];
        private static readonly string[] Globs = ["module.s1*.o?", "*.o1", "*type2*", "module.@type1[*].o*", "module.@type0[1].*", "s*", "[0-9]*", "?", "e*", "module.s2?.*", "other.*", "module.s17.o1", "*[!0-9]"];
        private static readonly string[] Expressions = ["o[12]$", @"^module\.s\d+\.o1$", @"^-?\d+$", "(a|b)", @"type1\[\d\]", "e{3}", @"\.s1?2\.", "o1|o2", @"^(.).*\1$", "(?=s)s3"];
        private readonly Random _random = new(seed);

        public (OptionQuery Query, string Text) Next()
        {
            var ignoresCase = _random.Next(3) == 0;
            var kind = _random.Next(3);
            var text = Pick(kind == 0 ? Texts : kind == 1 ? Globs : Expressions);
            var pattern = kind == 0 ? SearchPattern.FromText(text, ignoresCase)
                : kind == 1 ? SearchPattern.FromGlob(text, ignoresCase)
                : SearchPattern.FromRegex(text, ignoresCase, TimeProvider.System);
            var fields = (SearchFields)_random.Next(1, 8);
            var type = _random.Next(4) == 0 ? $"type{_random.Next(4)}" : null;
            return (new OptionQuery(pattern, fields) { SectionType = type }, $"'{text}' in {fields}, type {type}, ignores case: {ignoresCase}");
        }

        private string Pick(string[] all) => all[_random.Next(all.Length)];
    }
}
