using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Formats.Segments.Layout;
using Xunit;

namespace Cms.Tests.Segments;

public sealed class SegmentWriterTests
{
    [Fact]
    public void A_segment_of_another_version_is_replaced_and_marked_for_its_readers()
    {
        using var place = new SegmentPlace();
        SegmentWriter.Create(place.Path, SegmentPlace.Journal, new SegmentOptions { MaximumBytes = 1 << 20 }).Dispose();
        using var old = new FileStream(place.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        old.Position = 8;
        old.WriteByte(99);
        old.Flush();
        Assert.Null(SegmentWriter.TryReopen(place.Path, SegmentPlace.Journal, new SegmentOptions { MaximumBytes = 1 << 20 }, out var whyNot));
        Assert.Contains("99", whyNot, StringComparison.Ordinal);
        SegmentWriter.Create(place.Path, SegmentPlace.Journal, new SegmentOptions { MaximumBytes = 1 << 20 }).Dispose();
        old.Position = 16;
        Assert.Equal(2, old.ReadByte());
        SegmentReader.Open(place.Path).Dispose();
    }

    [Fact]
    public void A_full_segment_refuses_with_nothing_changed_and_takes_what_fits()
    {
        using var place = new SegmentPlace();
        var options = new SegmentOptions { MaximumBytes = 128 << 10, RetainedCommits = 1, GrowthBytes = 4096 };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, options);
        var model = new ModuleModel();
        Commit(writer, model, new ModuleChange.SectionAdded(new(1), "t", "s"));
        var taken = 0;
        SegmentRefusal? refusal;
        while (true)
        {
            var change = new ModuleChange.OptionSet(new(1), $"o{taken}", ConfigValue.FromBytes(new byte[1500]));
            if (!writer.TryReserve([change], out refusal))
            {
                break;
            }

            Commit(writer, model, change);
            taken++;
        }

        Assert.True(taken > 25, $"only {taken}");
        Assert.Equal(SegmentError.Full, refusal!.Error);
        Assert.False(refusal.IsDeviceFull);
        ViewAssert.Same(model, writer.View, "after the refusal");
        Commit(writer, model, new ModuleChange.OptionRemoved(new(1), "o0"), new ModuleChange.OptionRemoved(new(1), "o1"), new ModuleChange.OptionRemoved(new(1), "o2"));
        Commit(writer, model, new ModuleChange.OptionSet(new(1), "small", ConfigValue.FromInt(1)));
        Commit(writer, model, new ModuleChange.OptionSet(new(1), "other", ConfigValue.FromBytes(new byte[1200])));
    }

    [Theory]
    [InlineData(200 << 10, false, 1)]
    [InlineData(200 << 10, false, 4000)]
    [InlineData(200 << 10, true, 1)]
    [InlineData(1 << 20, false, 1)]
    [InlineData(1 << 20, true, 4000)]
    public void A_segment_that_takes_nothing_more_can_be_emptied_option_by_option(int most, bool isBudget, int retained)
    {
        using var place = new SegmentPlace();
        var options = isBudget
            ? new SegmentOptions { MaximumBytes = 64 << 20, RetainedCommits = retained, GrowthBytes = 4096, Budget = new(most) }
            : new SegmentOptions { MaximumBytes = most, RetainedCommits = retained, GrowthBytes = 4096 };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, options);
        var model = new ModuleModel();
        Commit(writer, model, new ModuleChange.SectionAdded(new(1), "t", "s"));
        var sizes = new List<int>();
        for (var size = 900; size > 0; size /= 3)
        {
            while (writer.TryReserve([OfSize(sizes.Count, size)], out _))
            {
                Commit(writer, model, OfSize(sizes.Count, size));
                sizes.Add(size);
            }
        }

        var taken = sizes.Count;
        Assert.True(taken > 100, $"only {taken}");
        for (var option = 0; option < taken; option++)
        {
            Commit(writer, model, new ModuleChange.OptionRemoved(new(1), $"o{option}"));
        }

        ViewAssert.Same(model, writer.View, "emptied");
        Assert.False(writer.View.Options(new(1)).Any());
        foreach (var (option, size) in sizes.Take(Math.Min(taken / 2, 200)).Index())
        {
            Commit(writer, model, OfSize(option, size));
        }
    }

    [Fact]
    public void Options_are_overwritten_for_ever_when_there_is_no_room_for_more()
    {
        using var place = new SegmentPlace();
        var options = new SegmentOptions { MaximumBytes = 64 << 20, GrowthBytes = 4096, Budget = new(200 << 10) };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, options);
        var model = new ModuleModel();
        Commit(writer, model, new ModuleChange.SectionAdded(new(1), "t", "s"));
        var taken = 0;
        while (writer.TryReserve([OfSize(taken, 300)], out _))
        {
            Commit(writer, model, OfSize(taken++, 300));
        }

        for (var round = 0; round < 2000; round++)
        {
            Commit(writer, model, OfSize(round % taken, 301));
        }

        ViewAssert.Same(model, writer.View, "overwritten");
        Commit(writer, model, new ModuleChange.OptionRemoved(new(1), "o0"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void However_a_segment_was_filled_it_can_be_emptied(int seed)
    {
        for (var run = 0; run < 10; run++)
        {
            var random = new Random((seed * 100) + run);
            using var place = new SegmentPlace();
            var most = 4096 * random.Next(40, 120);
            var isBudget = random.Next(2) == 0;
            var options = new SegmentOptions
            {
                MaximumBytes = isBudget ? 64 << 20 : most,
                Budget = isBudget ? new(most) : null,
                RetainedCommits = random.Next(3) * 2000,
                GrowthBytes = 4096,
                InitialEntries = 2000,
            };
            var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, options);
            var removals = FillAtRandom(writer, random).OrderBy(_ => random.Next()).ToList();
            for (var removal = 0; removal < removals.Count; removal++)
            {
                Assert.True(writer.TryReserve([removals[removal]], out var refusal), $"seed {seed}, run {run}: {refusal}; {writer.Statistics}");
                writer.Project(writer.Revision.Next, [removals[removal]]);
                if (removal % 100 == 0)
                {
                    var kept = writer.View.Sections().Sum(section => writer.View.Options(section.Id).Count());
                    Assert.Equal(removals.Count - removal - 1, kept);
                    writer.Dispose();
                    writer = SegmentWriter.TryReopen(place.Path, SegmentPlace.Journal, options, out var whyNot);
                    Assert.True(writer is not null, $"seed {seed}, run {run}: {whyNot}");
                }
            }

            Assert.DoesNotContain(writer.View.Sections(), section => writer.View.Options(section.Id).Any());
            writer.Dispose();
        }
    }

    [Fact]
    public void Keys_whose_hashes_meet_are_spread_by_another_seed()
    {
        using var place = new SegmentPlace();
        var options = new SegmentOptions { MaximumBytes = 256 << 20 };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, options);
        var model = new ModuleModel();
        Commit(writer, model, new ModuleChange.SectionAdded(new(1), "t", "s"));
        var names = NamesInOneCorner(place.Path, 460);
        foreach (var name in names)
        {
            Commit(writer, model, new ModuleChange.OptionSet(new(1), name, ConfigValue.FromInt(1)));
        }

        ViewAssert.Same(model, writer.View, "one by one");
        using var other = new SegmentPlace();
        using var atOnce = SegmentWriter.Create(other.Path, SegmentPlace.Journal, options, model);
        ViewAssert.Same(model, atOnce.View, "at once");
    }

    [Fact]
    public void A_value_that_no_block_holds_is_refused()
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, new SegmentOptions { MaximumBytes = 64 << 20 });
        var model = new ModuleModel();
        Commit(writer, model, new ModuleChange.SectionAdded(new(1), "t", "s"));
        Commit(writer, model, new ModuleChange.OptionSet(new(1), "o", ConfigValue.FromBytes(new byte[8 << 20])));
        Assert.False(writer.TryReserve([new ModuleChange.OptionSet(new(1), "o", ConfigValue.FromBytes(new byte[(8 << 20) + 1]))], out var refusal));
        Assert.Equal(SegmentError.Full, refusal.Error);
        ViewAssert.Same(model, writer.View, "after the refusal");
    }

    [Fact]
    public void Churn_uses_blocks_again_and_does_not_grow_the_file()
    {
        using var place = new SegmentPlace();
        var options = new SegmentOptions { MaximumBytes = 1 << 20, RetainedCommits = 4 };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, options);
        var model = new ModuleModel();
        Commit(writer, model, [new ModuleChange.SectionAdded(new(1), "t", "s"), .. Enumerable.Range(0, 50).Select(index => Set(index, 0))]);
        for (var round = 1; round < 200; round++)
        {
            Commit(writer, model, [.. Enumerable.Range(0, 50).Select(index => Set(index, round))]);
        }

        Assert.True(writer.Statistics.UsedBytes < 200_000, writer.Statistics.ToString());
        ViewAssert.Same(model, writer.View, "after churn");
    }

    [Fact]
    public void A_segment_is_not_kept_for_another_journal_or_other_settings()
    {
        using var place = new SegmentPlace();
        var options = new SegmentOptions { MaximumBytes = 1 << 20 };
        SegmentWriter.Create(place.Path, SegmentPlace.Journal, options).Dispose();
        Assert.Null(SegmentWriter.TryReopen(place.Path, Guid.Empty, options, out var whyNot));
        Assert.Contains("another journal", whyNot, StringComparison.Ordinal);
        Assert.Null(SegmentWriter.TryReopen(place.Path, SegmentPlace.Journal, options with { MaximumBytes = 2 << 20 }, out whyNot));
        Assert.Contains("maximum size", whyNot, StringComparison.Ordinal);
        File.SetUnixFileMode(place.Path, (UnixFileMode)Convert.ToInt32("604", 8));
        Assert.Null(SegmentWriter.TryReopen(place.Path, SegmentPlace.Journal, options, out whyNot));
        Assert.Contains("access bits", whyNot, StringComparison.Ordinal);
        File.SetUnixFileMode(place.Path, (UnixFileMode)Convert.ToInt32("600", 8));
        Assert.Null(SegmentWriter.TryReopen(place.Path + "x", SegmentPlace.Journal, options, out whyNot));
        Assert.Contains("no such file", whyNot, StringComparison.Ordinal);
        using var kept = SegmentWriter.TryReopen(place.Path, SegmentPlace.Journal, options, out whyNot);
        Assert.True(kept is not null && whyNot is null, whyNot);
    }

    [Fact]
    public void Projecting_a_visible_revision_again_does_nothing_and_skipping_one_is_refused()
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, new SegmentOptions { MaximumBytes = 1 << 20 });
        var model = new ModuleModel();
        Commit(writer, model, new ModuleChange.SectionAdded(new(1), "t", "s"));
        writer.Project(new(1), [new ModuleChange.SectionRemoved(new(1))]);
        ViewAssert.Same(model, writer.View, "again");
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Project(new(3), []));
    }

    [Fact]
    public void A_change_that_does_not_fit_is_invisible_and_stops_the_writer_until_it_is_opened_anew()
    {
        using var place = new SegmentPlace();
        var options = new SegmentOptions { MaximumBytes = 1 << 20 };
        var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, options);
        var model = new ModuleModel();
        Commit(writer, model, new ModuleChange.SectionAdded(new(1), "t", "s"));
        var wrong = new ModuleChange[] { Set(1, 1), new ModuleChange.OptionRemoved(new(1), "missing") };
        Assert.Equal(SegmentError.Inconsistent, Assert.Throws<SegmentException>(() => writer.Project(new(2), wrong)).Error);
        ViewAssert.Same(model, writer.View, "after the failure");
        Assert.Throws<SegmentException>(() => writer.Project(new(2), [Set(1, 1)]));
        writer.Dispose();
        writer = SegmentWriter.TryReopen(place.Path, SegmentPlace.Journal, options, out var whyNot)!;
        Assert.Null(whyNot);
        Commit(writer, model, Set(1, 1));
        ViewAssert.Same(model, writer.View, "opened anew");
        writer.Dispose();
    }

    [Theory]
    [InlineData("wireless")]
    [InlineData("lan.mtu1")]
    public void A_change_of_a_section_whose_id_is_another_key_does_not_fit(string key)
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, new SegmentOptions { MaximumBytes = 1 << 20 });
        var model = new ModuleModel();
        Commit(
            writer,
            model,
            new ModuleChange.SectionAdded(new(1), "t", "wireless"),
            new ModuleChange.SectionAdded(new(2), "t", "lan"),
            new ModuleChange.OptionSet(new(2), "mtu1", ConfigValue.FromBytes(new byte[100])));
        ModuleChange[] wrong = [new ModuleChange.OptionSet(new(BitConverter.ToInt64(Encoding.ASCII.GetBytes(key))), "o", ConfigValue.FromInt(1))];
        Assert.True(writer.TryReserve(wrong, out _));
        Assert.Equal(SegmentError.Inconsistent, Assert.Throws<SegmentException>(() => writer.Project(new(2), wrong)).Error);
        ViewAssert.Same(model, writer.View, "after the failure");
    }

    [Fact]
    public void A_million_keys_fit_into_what_was_reserved_for_them()
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, new SegmentOptions());
        var value = ConfigValue.FromBool(true);
        var changes = new List<ModuleChange>(1_000_001) { new ModuleChange.SectionAdded(new(1), "t", "s") };
        changes.AddRange(Enumerable.Range(0, 1_000_000).Select(index => new ModuleChange.OptionSet(new(1), $"option{index}", value)));
        Assert.True(writer.TryReserve(changes, out _));
        writer.Project(new(1), changes);
        Assert.Equal(1_000_003, writer.Statistics.Entries);
        Assert.True(writer.Statistics.Entries > writer.Statistics.EntriesAllowed * 9 / 10, writer.Statistics.ToString());
    }

    private static ModuleChange.OptionSet Set(int index, int round) => new(new(1), $"o{index}", ConfigValue.FromText($"value {round:D6}"));

    private static List<ModuleChange> FillAtRandom(SegmentWriter writer, Random random)
    {
        var sections = random.Next(1, 4);
        for (var section = 1; section <= sections; section++)
        {
            var name = random.Next(3) == 0 ? null : new string((char)('a' + section), random.Next(1, 255));
            ModuleChange[] added = [new ModuleChange.SectionAdded(new(section), new string('t', random.Next(1, 255)), name)];
            Assert.True(writer.TryReserve(added, out _));
            writer.Project(writer.Revision.Next, added);
        }

        var removals = new List<ModuleChange>();
        for (var refused = 0; refused < 60;)
        {
            var section = new SectionId(random.Next(sections) + 1);
            var name = $"n{removals.Count}_".PadRight(random.Next(3) == 0 ? random.Next(10, 250) : 8, 'y');
            var set = new ModuleChange.OptionSet(section, name, ConfigValue.FromBytes(new byte[random.Next(random.Next(2, 400))]));
            if (!writer.TryReserve([set], out _))
            {
                refused++;
                continue;
            }

            writer.Project(writer.Revision.Next, [set]);
            removals.Add(new ModuleChange.OptionRemoved(section, name));
        }

        return removals;
    }

    // Names of options of section s that have their home in the first of 16384 parts of any index.
    private static List<string> NamesInOneCorner(string path, int count)
    {
        const int CornerBits = 18;
        using var memory = SegmentMemory.Open(path, writable: false);
        var names = new List<string>();
        for (var number = 0; names.Count < count; number++)
        {
            var hash = memory.HashOf(System.Text.Encoding.ASCII.GetBytes($"s.n{number}"));
            if ((hash & uint.MaxValue) >> CornerBits == 0)
            {
                names.Add($"n{number}");
            }
        }

        return names;
    }

    private static ModuleChange.OptionSet OfSize(int option, int size) => new(new(1), $"o{option}", ConfigValue.FromBytes(new byte[size]));

    private static void Commit(SegmentWriter writer, ModuleModel model, params ModuleChange[] changes)
    {
        Assert.True(writer.TryReserve(changes, out var refusal), refusal?.ToString());
        model.Apply(model.Revision.Next, changes);
        writer.Project(model.Revision, changes);
    }
}
