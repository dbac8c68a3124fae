using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Xunit;

namespace Cms.Tests.Segments;

public sealed class OptionHandleTests
{
    private static readonly SegmentOptions Options = new() { MaximumBytes = 4 << 20, InitialEntries = 10, RetainedCommits = 2 };

    [Fact]
    public void A_block_that_was_used_again_under_the_same_key_is_noticed()
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
        Commit(writer, new ModuleChange.SectionAdded(new(1), "t", "s"), Set("key", "0"));
        using var reader = SegmentReader.Open(place.Path);
        for (var round = 1; round < 200; round++)
        {
            var handle = reader.Handle("s.key"u8);
            Assert.True(handle.TryGetInt(out _));
            for (var step = 0; step < round % 9; step++)
            {
                Commit(writer, Set("key", $"{round}"));
            }

            Assert.True(handle.TryGetString(out var text) && reader.TryGetString("s.key"u8, out var expected) && text == expected);
        }
    }

    [Fact]
    public void A_handle_goes_over_to_a_larger_file()
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options with { RetainedCommits = 64 });
        Commit(writer, new ModuleChange.SectionAdded(new(1), "t", "s"), Set("key", "before"));
        using var reader = SegmentReader.Open(place.Path);
        var present = reader.Handle("s.key"u8);
        var absent = reader.Handle("s.late"u8);
        Assert.True(present.TryGetString(out var text) && text == "before");
        Assert.False(absent.TryGetString(out _));
        var buckets = writer.Statistics.IndexBytes;
        for (var index = 0; index < 300; index++)
        {
            Commit(writer, Set($"filler{index}", "f"));
        }

        Commit(writer, Set("key", "after"), Set("late", "here"));
        Assert.True(writer.Statistics.IndexBytes > buckets);
        Assert.True(present.TryGetString(out text) && text == "after");
        Assert.True(absent.TryGetString(out text) && text == "here");
    }

    [Fact]
    public void Reads_of_what_did_not_change_allocate_nothing_and_give_the_same_object()
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
        Commit(writer, new ModuleChange.SectionAdded(new(1), "t", "s"), Set("text", "hello"), Set("number", "42"));
        using var reader = SegmentReader.Open(place.Path);
        var text = reader.Handle("s.text"u8);
        var number = reader.Handle("s.number"u8);
        Assert.True(text.TryGetString(out var first) && number.TryGetInt(out _));
        var buffer = new byte[64];
        for (var warmUp = 0; warmUp < 3; warmUp++)
        {
            ReadAgain();
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1000; round++)
        {
            ReadAgain();
        }

        Assert.Equal(allocated, GC.GetAllocatedBytesForCurrentThread());

        void ReadAgain()
        {
            if (!text.TryGetString(out var again) || !ReferenceEquals(first, again) || !number.TryGetInt(out var value) || value != 42
                || !reader.TryGetInt("s.number", out value) || reader.Copy("s.text"u8, buffer, out _, out _, out _) != SegmentCopyResult.Copied
                || reader.TryGetInt("s.none"u8, out _))
            {
                Assert.Fail("A read went wrong.");
            }
        }
    }

    [Fact]
    public async Task A_waiter_hears_of_its_own_option_alone()
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
        Commit(writer, new ModuleChange.SectionAdded(new(1), "t", "s"), Set("key", "one"));
        var heard = Task.Run(
            () =>
            {
                using var reader = SegmentReader.Open(place.Path);
                var handle = reader.Handle("s.key"u8);
                var values = new List<string?>();
                ConfigValue? last = null;
                while (values.Count < 4 && handle.WaitForChange(last, TimeSpan.FromSeconds(30), out last))
                {
                    values.Add(last?.GetText());
                    Commit(writer, Set("other", $"{values.Count}"));
                    Commit(writer, values.Count == 1 ? Set("key", "two") : values.Count == 2 ? new ModuleChange.OptionRemoved(new(1), "key") : Set("key", "three"));
                }

                return (values, handle.WaitForChange(last, TimeSpan.Zero, out _));
            },
            TestContext.Current.CancellationToken);
        var (values, isChangedAgain) = await heard;
        Assert.Equal(["one", "two", null, "three"], values);
        Assert.False(isChangedAgain);
    }

    [Fact]
    public void Keys_read_together_show_one_commit()
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options with { InitialEntries = 500 });
        Commit(writer, new ModuleChange.SectionAdded(new(1), "t", "s"), Set("a", "0"), Set("b", "0"), Set("c", "0"));
        using var reader = SegmentReader.Open(place.Path);
        var keys = new ReadOnlyMemory<byte>[] { "s.a"u8.ToArray(), "s.none"u8.ToArray(), "s.b"u8.ToArray(), "s.c"u8.ToArray() };
        var values = new ConfigValue?[4];
        var loads = 0;
        reader.BeforeLoad = () =>
        {
            if (++loads % 7 == 0 && loads < 2000)
            {
                var text = writer.Revision.Next.ToString();
                Commit(writer, Set("a", text), Set("b", text), Set("c", text));
            }
        };
        for (var round = 0; round < 20; round++)
        {
            var revision = reader.GetTogether(keys, values);
            Assert.Null(values[1]);
            Assert.All([0, 2, 3], index => Assert.Equal(revision.Value == 1 ? "0" : revision.ToString(), values[index]!.GetText()));
        }

        Assert.True(writer.Revision.Value > 20);
    }

    [Fact]
    public void Many_keys_at_once_are_read_as_each_alone()
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(62) { Scale = 8 };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options with { InitialEntries = 500 });
        using var reader = SegmentReader.Open(place.Path);
        var keys = Enumerable.Range(0, 128).SelectMany(section => Enumerable.Range(0, 8).Select(option => new ReadOnlyMemory<byte>(Encoding.ASCII.GetBytes($"s{section}.o{option}")))).ToArray();
        var copies = new SegmentCopy[keys.Length];
        var many = new byte[1 << 20];
        var one = new byte[1 << 16];
        for (var commit = 0; commit < 100; commit++)
        {
            var changes = history.NextCommit(12);
            writer.Project(history.Model.Revision, changes);
            reader.CopyMany(keys, many, copies);
            for (var index = 0; index < keys.Length; index++)
            {
                var result = reader.Copy(keys[index].Span, one, out var size, out var elementType, out var isList);
                Assert.Equal((result, size, elementType, isList), (copies[index].Result, copies[index].Size, copies[index].ElementType, copies[index].IsList));
                Assert.True(many.AsSpan(copies[index].Offset, size).SequenceEqual(one.AsSpan(0, size)));
            }
        }

        reader.CopyMany(keys, default, copies);
        Assert.Contains(copies, copy => copy.Result == SegmentCopyResult.TooLong);
    }

    private static ModuleChange.OptionSet Set(string name, string value) => new(new(1), name, ConfigValue.FromText(value));

    private static void Commit(SegmentWriter writer, params ModuleChange[] changes)
    {
        Assert.True(writer.TryReserve(changes, out _));
        writer.Project(writer.Revision.Next, changes);
    }
}
