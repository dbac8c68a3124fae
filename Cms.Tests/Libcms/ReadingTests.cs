using System.Globalization;
using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Tests.Segments;
using Xunit;

namespace Cms.Tests.Libcms;

/// <summary>What .NET writes, C reads.</summary>
public sealed class ReadingTests
{
    private static readonly SegmentOptions Options = new() { MaximumBytes = 4 << 20, InitialEntries = 16, RetainedCommits = 4 };

    private static string Vectors => Path.Combine(AppContext.BaseDirectory, "Golden", "segment-hash.txt");

    [Fact]
    public async Task Hash_sizes_and_conversions_are_those_of_the_format() =>
        Assert.EndsWith("0 failures\n", await NativeProgram.ExpectAsync(NativeProgram.Sanitized("unit"), Vectors), StringComparison.Ordinal);

    [Fact]
    public async Task Nothing_uninitialised_is_looked_at_and_nothing_is_leaked()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/valgrind"), "valgrind is not installed");
        using var place = new SegmentPlace();
        var history = new RandomHistory(71);
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
        for (var commit = 0; commit < 20; commit++)
        {
            var changes = history.NextCommit(5);
            Assert.True(writer.TryReserve(changes, out _));
            writer.Project(history.Model.Revision, changes);
        }

        Assert.True(writer.TryReserve(SampleTable.Changes(), out _));
        writer.Project(history.Model.Revision.Next, SampleTable.Changes());
        string[] judge = ["--quiet", "--error-exitcode=99", "--leak-check=full", "--show-leak-kinds=all"];
        await NativeProgram.ExpectAsync("valgrind", [.. judge, NativeProgram.Fast("unit"), Vectors]);
        await NativeProgram.ExpectAsync("valgrind", [.. judge, NativeProgram.Fast("fuzz"), place.Path, "1", "60"]);
        await NativeProgram.ExpectAsync("valgrind", [.. judge, NativeProgram.Fast("json"), "1", "5000"]);
    }

    [Fact]
    public async Task The_golden_segment_is_read()
    {
        using var place = new SegmentPlace();
        await RestoreAsync("segment-2.txt", place.Path);
        await using var probe = await ProbeProcess.StartAsync(place.Path);
        Assert.Equal(
            """
            revision 3
            section 2 3 rule first
            option enabled 3 s 1 01
            section 1 1 interface lan
            option proto 0 s 1 737461746963
            option metric 1 s 2 1400000000000000
            status 0

            """,
            probe.Dump());
    }

    [Fact]
    public async Task The_golden_tables_are_read()
    {
        using var place = new SegmentPlace();
        await RestoreAsync("segment-2-tables.txt", place.Path);
        await using var probe = await ProbeProcess.StartAsync(place.Path);
        Assert.Equal(
            """
            table hosts 1 2 0
            column name 0 20 3
            column group 1 2 1
            column mac 0 17 2
            column up 3 1 0
            column load 2 8 0
            row 2 61 feffffffffffffff 3031 01 000000000000e03f
            row 2 63 feffffffffffffff - 00 000000000000f0bf
            table ids 2 1 0
            column id 1 8 3
            row 2 0700000000000000
            status 0

            """,
            probe.Tables());
    }

    [Theory]
    [InlineData(101)]
    [InlineData(102)]
    [InlineData(103)]
    public async Task A_module_is_read_whole_at_every_revision_of_a_random_history(int seed)
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(seed) { Scale = 6 + (seed % 3 * 12) };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
        await using var probe = await ProbeProcess.StartAsync(place.Path);
        var handles = Enumerable.Range(0, 100).Select(index => $"s{index}.o{index % 7}").ToArray();
        for (var commit = 0; commit < 200; commit++)
        {
            var changes = history.NextCommit(1 + (commit % 20));
            Assert.True(writer.TryReserve(changes, out _));
            writer.Project(history.Model.Revision, changes);
            Assert.Equal(ProbeProcess.TextOf(history.Model), probe.Dump());
            var expected = handles.Select(key => ValueAt(history.Model, key)).ToArray();
            Assert.Equal(expected, probe.AskMany("handles", handles));
            Assert.Equal(expected, probe.AskMany("many", handles));
        }
    }

    [Fact]
    public async Task At_every_store_of_a_writer_C_sees_what_is_visible()
    {
        using var place = new SegmentPlace();
        var history = new RandomHistory(111) { Scale = 5 };
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options with { InitialEntries = 500 });
        using var reader = SegmentReader.Open(place.Path);
        await using var probe = await ProbeProcess.StartAsync(place.Path);
        var keys = Enumerable.Range(0, 80).Select(index => $"s{index}.o{index % 5}").ToArray();
        for (var commit = 0; commit < 60; commit++)
        {
            var before = history.Model.Clone();
            var changes = history.NextCommit(4);
            writer.BeforeStore = () =>
            {
                var model = reader.VisibleRevision == before.Revision ? before : history.Model;
                var expected = keys.Select(key => ValueAt(model, key)).ToArray();
                Assert.Equal(expected, probe.AskMany("handles", keys));
                Assert.Equal(expected, probe.AskMany("many", keys));
            };
            writer.Project(history.Model.Revision, changes);
            writer.BeforeStore = null;
        }
    }

    [Fact]
    public async Task At_every_store_of_a_writer_C_sees_the_tables_that_are_visible()
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options with { InitialEntries = 1000 });
        using var reader = SegmentReader.Open(place.Path);
        await using var probe = await ProbeProcess.StartAsync(place.Path);
        foreach (var changes in SampleTable.Changes().Chunk(6))
        {
            var before = ClientProcess.TablesOf(writer.View);
            var after = new Overlay(writer.View);
            after.Apply(writer.Revision.Next, changes);
            var revision = writer.Revision;
            var expected = ClientProcess.TablesOf(after);
            writer.BeforeStore = () => Assert.Equal(reader.VisibleRevision == revision ? before : expected, probe.Tables());
            writer.Project(writer.Revision.Next, changes);
            writer.BeforeStore = null;
        }
    }

    [Fact]
    public async Task Conversions_are_those_of_the_reader_in_NET()
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options with { InitialEntries = 5000 });
        using var reader = SegmentReader.Open(place.Path);
        var values = Convertible().ToList();
        writer.Project(new(1), [new ModuleChange.SectionAdded(new(1), "t", "s"), .. values.Select((value, index) => new ModuleChange.OptionSet(new(1), $"o{index}", value))]);
        await using var probe = await ProbeProcess.StartAsync(place.Path);
        _ = probe.Ask("snapshot");
        for (var index = 0; index < values.Count; index++)
        {
            var expected = Converted(reader, $"s.o{index}", values[index]);
            foreach (var command in new[] { "get", "handle", "handle", "at" })
            {
                var answer = probe.AskAbout(command, $"s.o{index}");
                Assert.True(expected == answer, $"{command} of {values[index]}: {answer} instead of {expected}");
            }
        }
    }

    private static async Task RestoreAsync(string golden, string path)
    {
        var bytes = new byte[64 << 10];
        foreach (var line in await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Golden", golden), TestContext.Current.CancellationToken))
        {
            var parts = line.Split(' ');
            BitConverter.TryWriteBytes(bytes.AsSpan(int.Parse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture)), ulong.Parse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }

        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
    }

    private static string? ValueAt(ModuleModel model, string key)
    {
        var parts = key.Split('.');
        return model.FindSection(parts[0]) is { } section && model.FindOption(section.Id, parts[1]) is { } option ? ProbeProcess.HexOf(option.Value) : null;
    }

    private static IEnumerable<ConfigValue> Convertible()
    {
        string[] texts =
        [
            "", "0", "1", "-0", "+5", "-5", "007", "42", "1.5", ".5", "5.", ".", "-", "+", "--1", "1e5", "1E5", "1e+5", "1e-5", "1e", "1e+", "e5", "-.5e1", "0x10",
            " 1", "1 ", "1,5", "1_0", "NaN", "nan", "-NaN", "+NaN", "Infinity", "infinity", "-Infinity", "+Infinity", "inf", "-inf", "INFINITY",
            "on", "off", "yes", "no", "true", "false", "enabled", "disabled", "On", "TRUE", "2", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
            "-9223372036854775809", "1e400", "-1e400", "1e-400", "0.1", "179769313486231570000000000000000000000", "4.9406564584124654e-324", "2.2250738585072011e-308",
            "9007199254740993", "123456789012345678901234567890", "00000000000000000000000000000000000000000000000000000000000000000000000007",
        ];
        foreach (var text in texts)
        {
            yield return ConfigValue.FromText(text);
        }

        foreach (var number in new[] { 0, 1, -1, 2, long.MaxValue, long.MinValue, 1L << 53, (1L << 53) + 1 })
        {
            yield return ConfigValue.FromInt(number);
        }

        double[] floats = [0, -0.0, 1, 0.1, 1e15, 1e16, 9e16, 1e17, 1e18, 12345678901234567, 123456789012345678, 1e14, 123456789012345, 1234567890123456, 0.0001, 0.00001, 0.00012345, 1e-7, 1e21, 5e-324, double.MaxValue, double.NaN, double.PositiveInfinity, double.NegativeInfinity, Math.PI];
        var random = new Random(121);
        foreach (var number in floats.Concat(Enumerable.Range(0, 300).Select(_ => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)))))
        {
            yield return ConfigValue.FromFloat(number);
            yield return ConfigValue.FromText(number.ToString("R", CultureInfo.InvariantCulture));
        }

        yield return ConfigValue.FromBool(true);
        yield return ConfigValue.FromBool(false);
        yield return ConfigValue.FromTexts(["1"]);
        yield return ConfigValue.FromText(new string('9', 100));
        yield return ConfigValue.FromText("0." + new string('3', 200));
    }

    // The line that the probe prints.
    private static string Converted(SegmentReader reader, string key, ConfigValue value)
    {
        var isInt = reader.TryGetInt(key, out var number);
        var isFloat = reader.TryGetFloat(key, out var real);
        var isBool = reader.TryGetBool(key, out var flag);
        var text = reader.TryGetString(key, out var found) ? "0 " + ProbeProcess.Hex(Encoding.UTF8.GetBytes(found)) : "33 -";
        var bits = isFloat ? BitConverter.DoubleToInt64Bits(real) : 0;
        // Which of the many not-a-numbers it is, is the processor's business.
        var isNaN = isFloat && double.IsNaN(real) && value.ElementType == ElementType.String;
        return string.Create(CultureInfo.InvariantCulture, $"string {text} int {(isInt ? 0 : 33)} {(isInt ? number : 0)} float {(isFloat ? 0 : 33)} {(isNaN ? "7ff8000000000000" : bits.ToString("x16", CultureInfo.InvariantCulture))} bool {(isBool ? 0 : 33)} {(isBool && flag ? 1 : 0)}");
    }
}
