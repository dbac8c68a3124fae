using System.Globalization;
using Cms.Formats.Segments;
using Cms.Formats.Segments.Layout;
using Xunit;

namespace Cms.Tests.Segments;

/// <summary>Pins what docs/formats/segment.md says: hash vectors, size classes, and the bytes of a whole small segment.</summary>
public sealed class SegmentFormatTests
{
    private static string GoldenPath(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", name);

    [Fact]
    public void The_hash_keeps_its_vectors()
    {
        var lines = File.ReadAllLines(GoldenPath("segment-hash.txt")).Where(line => line.Length > 0 && line[0] != '#').ToList();
        Assert.True(lines.Count >= 20);
        foreach (var line in lines)
        {
            var parts = line.Split(' ');
            var key = Convert.FromHexString(parts[2] == "-" ? string.Empty : parts[2]);
            var hash = KeyHash.Compute(key, ulong.Parse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), ulong.Parse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            Assert.Equal(parts[3], hash.ToString("x16", CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void The_golden_segment_is_written_and_read_byte_for_byte()
    {
        using var place = new SegmentPlace();
        SegmentGolden.Write(place.Path);
        Assert.Equal(File.ReadAllText(GoldenPath("segment-2.txt")), SegmentGolden.Dump(File.ReadAllBytes(place.Path)));
        using var reader = SegmentReader.Open(place.Path);
        Assert.True(reader.TryGetString("lan.proto"u8, out var value) && value == "static");
    }

    [Fact]
    public void The_golden_tables_are_written_and_read_byte_for_byte()
    {
        using var place = new SegmentPlace();
        SegmentGolden.WriteTables(place.Path);
        Assert.Equal(File.ReadAllText(GoldenPath("segment-2-tables.txt")), SegmentGolden.Dump(File.ReadAllBytes(place.Path)));
        using var reader = SegmentReader.Open(place.Path);
        Assert.True(reader.OpenTable("hosts")!.TryFind("c", out var row) && row.GetInt(1) == -2);
    }

    [Theory]
    [InlineData(0, 24)]
    [InlineData(13, 128)]
    [InlineData(14, 144)]
    [InlineData(21, 256)]
    [InlineData(22, 288)]
    [InlineData(149, 16777216)]
    public void Size_classes_are_what_the_format_says(int sizeClass, int size)
    {
        Assert.Equal(size, SizeClasses.SizeOf(sizeClass));
        Assert.Equal(sizeClass, SizeClasses.ClassFor(size));
        Assert.Equal(sizeClass, SizeClasses.ClassFor(size - 1));
    }

    [Fact]
    public void Every_size_class_holds_what_it_is_chosen_for()
    {
        for (var sizeClass = 1; sizeClass < SizeClasses.Count; sizeClass++)
        {
            Assert.Equal(sizeClass, SizeClasses.ClassFor(SizeClasses.SizeOf(sizeClass)));
            Assert.Equal(sizeClass, SizeClasses.ClassFor(SizeClasses.SizeOf(sizeClass - 1) + 1));
            Assert.Equal(0, SizeClasses.SizeOf(sizeClass) % 8);
        }
    }
}
