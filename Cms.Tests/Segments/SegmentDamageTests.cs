using System.Buffers.Binary;
using Cms.Formats.Modules;
using Cms.Formats.Searching;
using Cms.Formats.Segments;
using Cms.Formats.Segments.Layout;
using Xunit;

namespace Cms.Tests.Segments;

public sealed class SegmentDamageTests
{
    private static readonly SegmentOptions Options = new() { MaximumBytes = 256 << 10, InitialEntries = 64, GrowthBytes = 4096 };

    [Theory]
    [InlineData(61, 0)]
    [InlineData(62, 0)]
    [InlineData(63, 0)]
    [InlineData(66, 60)]
    [InlineData(67, 100)]
    public void A_damaged_segment_is_refused_or_read_but_never_crashes_or_hangs(int seed, int tablePercent)
    {
        using var place = new SegmentPlace();
        var whole = MakeSegment(place.Path, seed, out var used, tablePercent);
        var random = new Random(seed);
        for (var round = 0; round < 250; round++)
        {
            var bytes = (byte[])whole.Clone();
            for (var count = random.Next(1, 12); count > 0; count--)
            {
                var area = random.Next(3) == 0 ? 256 : used;
                bytes[random.Next(area)] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)0xFF;
            }

            File.WriteAllBytes(place.Path, bytes);
            ReadAll(place.Path);
            SegmentWriter.TryReopen(place.Path, SegmentPlace.Journal, Options, out _)?.Dispose();
        }
    }

    [Fact]
    public void A_segment_cut_short_at_any_place_is_refused()
    {
        using var place = new SegmentPlace();
        var whole = MakeSegment(place.Path, 64, out _);
        for (var length = 0; length < whole.Length; length += 1021)
        {
            File.WriteAllBytes(place.Path, whole.AsSpan(0, length).ToArray());
            var exception = Assert.Throws<SegmentException>(() => SegmentReader.Open(place.Path));
            Assert.Contains(exception.Error, new[] { SegmentError.NotASegment, SegmentError.Truncated });
        }
    }

    [Fact]
    public void Each_way_of_being_no_segment_has_its_own_code()
    {
        using var place = new SegmentPlace();
        Assert.Equal(SegmentError.Missing, ErrorOf(place.Path));
        var whole = MakeSegment(place.Path, 65, out _);
        Assert.Equal(SegmentError.NotASegment, ErrorOf(place.Path, whole, bytes => bytes[0] = (byte)'X'));
        Assert.Equal(SegmentError.WrongMachine, ErrorOf(place.Path, whole, bytes => bytes.AsSpan(0, 8).Reverse()));
        Assert.Equal(SegmentError.UnsupportedVersion, ErrorOf(place.Path, whole, bytes => bytes[8] = 9));
        Assert.Equal(SegmentError.Corrupt, ErrorOf(place.Path, whole, bytes => bytes[97] ^= 1));
        Assert.Equal(SegmentError.Corrupt, ErrorOf(place.Path, whole, bytes => bytes.AsSpan(152, 8).Fill(0xFF)));
        Assert.Equal(SegmentError.Truncated, ErrorOf(place.Path, whole[..^4096], _ => { }));
    }

    // Magic and version have their own codes. All other words of the header, each with every value of interest and the right checksum.
    [Fact]
    public void A_header_with_a_right_checksum_and_a_wrong_word_is_refused_or_read()
    {
        using var place = new SegmentPlace();
        var whole = MakeSegment(place.Path, 68, out _, 40);
        for (var offset = (int)HeaderLayout.MarkOffset; offset < HeaderLayout.BootIdOffset; offset += sizeof(ulong))
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(whole.AsSpan(offset));
            foreach (var value in WrongWords(word))
            {
                var bytes = (byte[])whole.Clone();
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(offset), value);
                SealHeader(bytes);
                File.WriteAllBytes(place.Path, bytes);
                ReadAll(place.Path);
                SegmentWriter.TryReopen(place.Path, SegmentPlace.Journal, Options, out _)?.Dispose();
            }
        }
    }

    [Theory]
    [InlineData(HeaderLayout.IndexOffset, 0xFFFF_FFFF_FFFF_FFC0)]
    [InlineData(HeaderLayout.IndexOffset, 0)]
    [InlineData(HeaderLayout.BucketCountOffset, 0)]
    [InlineData(HeaderLayout.BucketCountOffset, 1UL << 29)]
    [InlineData(HeaderLayout.BucketCountOffset, 1UL << 58)]
    [InlineData(HeaderLayout.ArenaOffset, ulong.MaxValue - 7)]
    [InlineData(HeaderLayout.MaximumSizeOffset, ulong.MaxValue)]
    [InlineData(HeaderLayout.EndOffset, ulong.MaxValue)]
    public void Sizes_that_do_not_fit_together_are_corrupt_whatever_their_checksum(long offset, ulong value)
    {
        using var place = new SegmentPlace();
        var whole = MakeSegment(place.Path, 69, out _);
        Assert.Equal(SegmentError.Corrupt, ErrorOf(place.Path, whole, bytes =>
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan((int)offset), value);
            SealHeader(bytes);
        }));
    }

    // Asked for twice, so that the cache remembers that it is missing.
    [Theory]
    [InlineData(ulong.MaxValue, ulong.MaxValue)]
    [InlineData(ulong.MaxValue, 1UL << 63)]
    [InlineData(long.MaxValue, 0)]
    public void A_key_is_missing_at_a_revision_that_no_segment_can_have(ulong visible, ulong oldest)
    {
        using var place = new SegmentPlace();
        var bytes = MakeSegment(place.Path, 70, out _);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan((int)HeaderLayout.VisibleOffset), visible);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan((int)HeaderLayout.OldestOffset), oldest);
        File.WriteAllBytes(place.Path, bytes);
        using var reader = SegmentReader.Open(place.Path, new() { CachedOptions = 8 });
        for (var count = 0; count < 3; count++)
        {
            Assert.False(reader.TryGet("missing.option"u8, out _));
        }
    }

    private static IEnumerable<ulong> WrongWords(ulong word) =>
        new ulong[]
        {
            0, 1, 7, 8, 63, 64, 4096, ulong.MaxValue, ulong.MaxValue - 7, ulong.MaxValue - 63, ulong.MaxValue - 4095,
            long.MaxValue, 1UL << 63, 1UL << 58, 1UL << 40, (1UL << 40) - 1, 1UL << 35, 1UL << 32, 1UL << 29, unchecked(word * 2), word / 2,
        }
        .Concat(new ulong[] { 8, 64, 4096 }.SelectMany(step => new[] { unchecked(word - step), unchecked(word + step) }));

    private static void SealHeader(byte[] file)
    {
        var constants = new byte[HeaderLayout.ChecksumOffset - HeaderLayout.JournalIdOffset + sizeof(ulong)];
        file.AsSpan((int)HeaderLayout.VersionOffset, sizeof(ulong)).CopyTo(constants);
        file.AsSpan((int)HeaderLayout.JournalIdOffset, constants.Length - sizeof(ulong)).CopyTo(constants.AsSpan(sizeof(ulong)));
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan((int)HeaderLayout.ChecksumOffset), KeyHash.Compute(constants, HeaderLayout.Magic, ~HeaderLayout.Magic));
    }

    private static SegmentError ErrorOf(string path) => Assert.Throws<SegmentException>(() => SegmentReader.Open(path)).Error;

    private static SegmentError ErrorOf(string path, byte[] whole, Action<byte[]> damage)
    {
        var bytes = (byte[])whole.Clone();
        damage(bytes);
        File.WriteAllBytes(path, bytes);
        return ErrorOf(path);
    }

    private static byte[] MakeSegment(string path, int seed, out int used, int tablePercent = 0)
    {
        var history = new RandomHistory(seed) { Scale = 8, TablePercent = tablePercent };
        using var writer = SegmentWriter.Create(path, SegmentPlace.Journal, Options);
        for (var commit = 0; commit < 40; commit++)
        {
            var changes = history.NextCommit(6);
            Assert.True(writer.TryReserve(changes, out var refusal), refusal?.ToString());
            writer.Project(history.Model.Revision, changes);
        }

        used = (int)writer.Statistics.UsedBytes;
        return File.ReadAllBytes(path);
    }

    private static void ReadTable(SegmentReader reader, IModuleView view, string name)
    {
        try
        {
            foreach (var row in view.Rows(name).Take(1000))
            {
                _ = view.FindRow(name, row.Row.Key);
            }

            var table = reader.OpenTable(name);
            foreach (var column in table?.Schema.Indexed ?? [])
            {
                foreach (var row in table!.Scan())
                {
                    var value = row.GetValue(column).Encoding.Span;
                    foreach (var other in table.Find(column, value))
                    {
                        _ = other.ToRow();
                    }
                }
            }
        }
        catch (Exception exception) when (exception is SegmentException or SnapshotTooOldException)
        {
        }
    }

    private static void SearchAll(IModuleView view)
    {
        foreach (var pattern in new[] { SearchPattern.FromText("o", ignoresCase: false), SearchPattern.FromText("s1.", ignoresCase: true), SearchPattern.FromGlob("*type*", ignoresCase: false) })
        {
            try
            {
                _ = OptionSearch.Run(view, "module", new OptionQuery(pattern, SearchFields.Path | SearchFields.Value)).Take(1000).Count();
                _ = TableSearch.Run(view, "module", new OptionQuery(pattern, SearchFields.Path | SearchFields.Value)).Take(1000).Count();
            }
            catch (Exception exception) when (exception is SegmentException or SnapshotTooOldException)
            {
            }
        }
    }

    private static void ReadAll(string path)
    {
        try
        {
            using var reader = SegmentReader.Open(path);
            _ = reader.TryGet("s1.o1"u8, out _);
            _ = reader.WaitForChange(Revision.None, TimeSpan.Zero);
            var view = reader.Snapshot();
            foreach (var section in view.Sections().Take(1000))
            {
                _ = view.Options(section.Id).Take(1000).Count();
                _ = section.Name is { } name ? view.FindSection(name) : null;
            }

            for (var number = 0; number < 8; number++)
            {
                ReadTable(reader, view, $"t{number}");
            }

            _ = view.Tables().Take(1000).Count();
            SearchAll(view);
        }
        catch (Exception exception) when (exception is SegmentException or SnapshotTooOldException)
        {
        }
    }
}
