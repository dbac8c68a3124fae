using System.Buffers.Binary;
using System.Text;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Segments;
using Xunit;

namespace Cms.Tests.Segments;

public sealed class SegmentReaderTests
{
    private static readonly SegmentOptions Options = new() { MaximumBytes = 1 << 20 };

    [Fact]
    public void Values_of_every_type_come_back_and_convert_as_uci_does()
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
        Commit(
            writer,
            new ModuleChange.SectionAdded(new(1), "t", "s"),
            Set("int", ConfigValue.FromInt(-7)),
            Set("float", ConfigValue.FromFloat(1.5)),
            Set("bool", ConfigValue.FromBool(true)),
            Set("text", ConfigValue.FromText("hello")),
            Set("empty", ConfigValue.FromText(string.Empty)),
            Set("number", ConfigValue.FromText("42")),
            Set("enabled", ConfigValue.FromText("enabled")),
            Set("off", ConfigValue.FromText("off")),
            Set("list", ConfigValue.FromTexts(["a", string.Empty, "c"])),
            Set("large", ConfigValue.FromBytes(new byte[1 << 18])));
        using var reader = SegmentReader.Open(place.Path);
        Assert.True(reader.TryGetInt("s.int"u8, out var number) && number == -7);
        Assert.True(reader.TryGetInt("s.number"u8, out number) && number == 42);
        Assert.True(reader.TryGetInt("s.bool"u8, out number) && number == 1);
        Assert.False(reader.TryGetInt("s.text"u8, out _));
        Assert.True(reader.TryGetFloat("s.float"u8, out var real) && real == 1.5);
        Assert.True(reader.TryGetFloat("s.number"u8, out real) && real == 42);
        Assert.True(reader.TryGetBool("s.bool"u8, out var flag) && flag);
        Assert.True(reader.TryGetBool("s.enabled"u8, out flag) && flag);
        Assert.True(reader.TryGetBool("s.off"u8, out flag) && !flag);
        Assert.False(reader.TryGetBool("s.int"u8, out _));
        Assert.True(reader.TryGetString("s.text"u8, out var text) && text == "hello");
        Assert.True(reader.TryGetString("s.empty"u8, out text) && text.Length == 0);
        Assert.True(reader.TryGetString("s.int"u8, out text) && text == "-7");
        Assert.False(reader.TryGetString("s.list"u8, out _));
        Assert.True(reader.TryGet("s.list"u8, out var list) && list.Equals(ConfigValue.FromTexts(["a", string.Empty, "c"])));
        Assert.True(reader.TryGet("s.large"u8, out var large) && large.Encoding.Length == 1 << 18);
        Assert.False(reader.TryGet("s.missing"u8, out _));
        Assert.False(reader.TryGet("s"u8, out _));
        Assert.False(reader.TryGet(""u8, out _));
    }

    [Fact]
    public void A_value_too_long_for_the_callers_memory_is_told_by_its_size()
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
        Commit(writer, new ModuleChange.SectionAdded(new(1), "t", "s"), Set("text", ConfigValue.FromText("hello")));
        using var reader = SegmentReader.Open(place.Path);
        Assert.Equal(SegmentCopyResult.TooLong, reader.Copy("s.text"u8, new byte[4], out var size, out _, out _));
        Assert.Equal(5, size);
        var buffer = new byte[5];
        Assert.Equal(SegmentCopyResult.Copied, reader.Copy("s.text"u8, buffer, out size, out var type, out var isList));
        Assert.Equal(("hello", ElementType.String, false), (Encoding.ASCII.GetString(buffer), type, isList));
        Assert.Equal(SegmentCopyResult.Missing, reader.Copy("s.none"u8, buffer, out _, out _, out _));
    }

    [Fact]
    public void A_lookup_allocates_nothing()
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
        Commit(writer, new ModuleChange.SectionAdded(new(1), "t", "s"), Set("text", ConfigValue.FromText("hello")));
        using var reader = SegmentReader.Open(place.Path);
        var buffer = new byte[16];
        _ = reader.Copy("s.text"u8, buffer, out _, out _, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var count = 0; count < 100; count++)
        {
            _ = reader.Copy("s.text"u8, buffer, out _, out _, out _);
            _ = reader.TryGetInt("s.none"u8, out _);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public async Task A_reader_that_waits_is_woken_by_a_commit_and_by_a_new_file()
    {
        using var place = new SegmentPlace();
        var small = Options with { InitialEntries = 4 };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, small);
        using var reader = SegmentReader.Open(place.Path);
        Assert.False(reader.WaitForChange(Revision.None, TimeSpan.FromMilliseconds(1)));
        for (var round = 1; round <= 20; round++)
        {
            var seen = reader.VisibleRevision;
            var waiting = Task.Run(() => reader.WaitForChange(seen, TimeSpan.FromSeconds(30)), TestContext.Current.CancellationToken);
            ModuleChange[] changes = [new ModuleChange.SectionAdded(new(round), "t", $"s{round}"), new ModuleChange.OptionSet(new(round), "o", ConfigValue.FromInt(round))];
            Assert.True(writer.TryReserve(changes, out _));
            writer.Project(writer.Revision.Next, changes);
            Assert.True(await waiting);
            Assert.True(reader.TryGetInt(Encoding.ASCII.GetBytes($"s{round}.o"), out var value) && value == round);
        }
    }

    [Fact]
    public void A_reader_follows_when_another_segment_takes_the_place()
    {
        using var place = new SegmentPlace();
        using var first = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
        Commit(first, new ModuleChange.SectionAdded(new(1), "t", "s"), Set("o", ConfigValue.FromInt(1)));
        using var reader = SegmentReader.Open(place.Path);
        var other = new Guid("00000000-0000-0000-0000-000000000001");
        using var second = SegmentWriter.Create(place.Path, other, Options, first.View);
        Assert.Equal(other, reader.JournalId);
        Commit(second, Set("o", ConfigValue.FromInt(2)));
        Assert.True(reader.TryGetInt("s.o"u8, out var value) && value == 2);
        Assert.Equal(new Revision(2), reader.VisibleRevision);
    }

    [Fact]
    public void A_mark_without_a_successor_does_not_stop_readers_and_is_cleared_by_the_next_writer()
    {
        using var place = new SegmentPlace();
        var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
        Commit(writer, new ModuleChange.SectionAdded(new(1), "t", "s"), Set("o", ConfigValue.FromInt(1)));
        using var reader = SegmentReader.Open(place.Path);
        writer.MarkSuperseded();
        writer.Dispose();
        Assert.True(reader.TryGetInt("s.o"u8, out _));
        using var again = SegmentWriter.TryReopen(place.Path, SegmentPlace.Journal, Options, out var whyNot);
        Assert.True(again is not null, whyNot);
        Commit(again, Set("o", ConfigValue.FromInt(2)));
        Assert.True(reader.TryGetInt("s.o"u8, out var value) && value == 2);
    }

    [Fact]
    public void A_segment_whose_file_went_is_missing()
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
        using var reader = SegmentReader.Open(place.Path);
        File.Delete(place.Path);
        writer.MarkSuperseded();
        Assert.Equal(SegmentError.Missing, Assert.Throws<SegmentException>(() => reader.TryGet("s.o"u8, out _)).Error);
    }

    // At the first load of a read, then at the second, and so on, another journal's segment, whose hashes differ, takes the place.
    [Fact]
    public void Many_keys_are_found_whenever_another_segment_takes_the_place()
    {
        const int Count = 40;
        var keys = Enumerable.Range(0, Count).Select(index => (ReadOnlyMemory<byte>)Encoding.ASCII.GetBytes($"s.o{index}")).ToArray();
        ModuleChange[] changes = [new ModuleChange.SectionAdded(new(1), "t", "s"), .. Enumerable.Range(0, Count).Select(index => Set($"o{index}", ConfigValue.FromInt(index)))];
        for (var load = 1; ; load += 13)
        {
            using var place = new SegmentPlace();
            using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
            Commit(writer, changes);
            using var reader = SegmentReader.Open(place.Path);
            var left = load;
            reader.BeforeLoad = () =>
            {
                if (--left == 0)
                {
                    SegmentWriter.Create(place.Path, new("00000000-0000-0000-0000-000000000001"), Options, writer.View).Dispose();
                }
            };
            var copies = new SegmentCopy[Count];
            var values = new byte[Count * sizeof(long)];
            reader.CopyMany(keys, values, copies);
            for (var index = 0; index < Count; index++)
            {
                Assert.Equal(new(SegmentCopyResult.Copied, index * sizeof(long), sizeof(long), ElementType.Int, false), copies[index]);
                Assert.Equal(index, BinaryPrimitives.ReadInt64LittleEndian(values.AsSpan(index * sizeof(long))));
            }

            if (left > 0)
            {
                return;
            }
        }
    }

    [Theory]
    [InlineData("wireless")]
    [InlineData("lan.mtu1")]
    [InlineData("\u0001\0\0\0\0\u0001\0\0")]
    public void A_number_whose_bytes_are_not_an_id_is_no_section(string key)
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
        Commit(
            writer,
            new ModuleChange.SectionAdded(new(1), "t", "wireless"),
            new ModuleChange.SectionAdded(new(2), "t", "lan"),
            new ModuleChange.OptionSet(new(2), "mtu1", ConfigValue.FromBytes(new byte[100])));
        var view = writer.View;
        var id = new SectionId(BinaryPrimitives.ReadInt64LittleEndian(Encoding.ASCII.GetBytes(key)));
        Assert.Equal(new SectionId(1), view.FindSection(new SectionId(1))!.Id);
        Assert.Null(view.FindSection(id));
        Assert.Empty(view.Options(id));
        Assert.Null(view.FindOption(id, "mtu1"));
        Assert.Null(view.FindSection(new SectionId(-id.Value)));
        Assert.Null(view.FindSection(new SectionId(0)));
        var session = new EditSession(view, EditLimits.Default);
        Assert.Equal(ErrorCode.NotFound, session.Apply(new ModuleOperation.SetOption(new SectionSelector.ById(id), "o", ConfigValue.FromInt(1)))?.Code);
        Assert.Empty(session.Changes);
    }

    private static ModuleChange.OptionSet Set(string name, ConfigValue value) => new(new(1), name, value);

    private static void Commit(SegmentWriter writer, params ModuleChange[] changes)
    {
        Assert.True(writer.TryReserve(changes, out var refusal), refusal?.ToString());
        writer.Project(writer.Revision.Next, changes);
    }
}
