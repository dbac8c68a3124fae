using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Xunit;

namespace Cms.Tests.Segments;

public sealed class ElementListTests
{
    private static readonly SegmentOptions Options = new() { MaximumBytes = 4 << 20, RetainedCommits = 2 };

    [Fact]
    public void Elements_of_every_type_are_read()
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
        Commit(
            writer,
            new ModuleChange.SectionAdded(new(1), "t", "s"),
            Set("texts", ConfigValue.FromTexts(["a", "", "\u00fc"])),
            Set("ints", ListOf(ConfigValue.FromInt(long.MinValue), ConfigValue.FromInt(7))),
            Set("floats", ListOf(ConfigValue.FromFloat(0.5), ConfigValue.FromFloat(double.NaN))),
            Set("bools", ListOf(ConfigValue.FromBool(true), ConfigValue.FromBool(false))),
            Set("none", ConfigValue.FromTexts([])),
            Set("scalar", ConfigValue.FromText("alone")));
        using var reader = SegmentReader.Open(place.Path);
        var list = new ElementList();
        Assert.True(reader.TryGetList("s.texts"u8, list));
        Assert.Equal(["a", "", "\u00fc"], Enumerable.Range(0, list.Count).Select(list.GetText));
        Assert.Throws<InvalidOperationException>(() => list.GetInt(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => list.GetText(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => list.GetText(-1));
        Assert.True(reader.TryGetList("s.ints"u8, list));
        Assert.Equal((2, long.MinValue, 7), (list.Count, list.GetInt(0), list.GetInt(1)));
        Assert.True(reader.TryGetList("s.floats"u8, list));
        Assert.Equal((2, 0.5, double.NaN), (list.Count, list.GetFloat(0), list.GetFloat(1)));
        Assert.True(reader.TryGetList("s.bools"u8, list));
        Assert.Equal((2, true, false), (list.Count, list.GetBool(0), list.GetBool(1)));
        Assert.True(reader.TryGetList("s.none"u8, list));
        Assert.Equal(0, list.Count);
        Assert.True(reader.TryGetList("s.scalar"u8, list));
        Assert.Equal((1, "alone"), (list.Count, list.GetText(0)));
        Assert.False(reader.TryGetList("s.missing"u8, list));
        Assert.Equal(0, list.Count);
    }

    [Fact]
    public void Reading_allocates_nothing_once_there_was_room()
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
        Commit(writer, new ModuleChange.SectionAdded(new(1), "t", "s"), Set("ints", ListOf([.. Enumerable.Range(0, 1000).Select(number => ConfigValue.FromInt(number))])));
        using var reader = SegmentReader.Open(place.Path);
        var list = new ElementList();
        Assert.True(reader.TryGetList("s.ints"u8, list));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sum = 0L;
        for (var round = 0; round < 10; round++)
        {
            _ = reader.TryGetList("s.ints"u8, list);
            for (var index = 0; index < list.Count; index++)
            {
                sum += list.GetInt(index);
            }
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(4_995_000, sum);
    }

    [Fact]
    public async Task A_reader_sees_whole_lists_while_a_writer_appends()
    {
        const int Appends = 3000;
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
        Commit(writer, new ModuleChange.SectionAdded(new(1), "t", "s"), Set("ints", ListOf()));
        var writing = Task.Run(
            () =>
            {
                var elements = new List<ConfigValue>();
                for (var number = 0; number < Appends; number++)
                {
                    elements.Add(ConfigValue.FromInt(number));
                    Commit(writer, Set("ints", ListOf([.. elements])));
                }
            },
            TestContext.Current.CancellationToken);
        using var reader = SegmentReader.Open(place.Path);
        var list = new ElementList();
        var last = 0;
        while (last < Appends && !writing.IsFaulted)
        {
            Assert.True(reader.TryGetList("s.ints"u8, list));
            Assert.True(list.Count >= last, $"{list.Count} elements after {last}");
            last = list.Count;
            for (var index = 0; index < last; index++)
            {
                Assert.Equal(index, list.GetInt(index));
            }
        }

        await writing;
    }

    private static ConfigValue ListOf(params ConfigValue[] elements) =>
        ConfigValue.FromEncodings(elements is [] ? ElementType.Int : elements[0].ElementType, [.. elements.Select(element => element.Encoding)]);

    private static ModuleChange.OptionSet Set(string option, ConfigValue value) => new(new(1), option, value);

    private static void Commit(SegmentWriter writer, params ModuleChange[] changes)
    {
        Assert.True(writer.TryReserve(changes, out var refusal), refusal?.ToString());
        writer.Project(writer.Revision.Next, changes);
    }
}
