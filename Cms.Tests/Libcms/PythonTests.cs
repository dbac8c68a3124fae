using System.Globalization;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Tests.Segments;
using Cms.Tests.Tidy;
using Xunit;

namespace Cms.Tests.Libcms;

/// <summary>The Python package, under Debian's Python.</summary>
public sealed class PythonTests
{
    private const string Python = "/usr/bin/python3";
    private static readonly SegmentOptions Options = new() { MaximumBytes = 4 << 20, InitialEntries = 16, RetainedCommits = 2 };

    // What TextOf makes of a value, in Python.
    private const string Show =
        "show = lambda v: 'l' + ','.join(map(show, v)) if isinstance(v, list) else 'b%d' % v if isinstance(v, bool) else 'i%d' % v if isinstance(v, int)"
        + " else 'f' + struct.pack('<d', v).hex() if isinstance(v, float) else 's' + v.encode('utf-8', 'surrogateescape').hex()";

    private static string Tests => Path.Combine(Repository.Root, "libcms", "python", "tests");

    [Theory]
    [InlineData("changes")]
    [InlineData("damage")]
    [InlineData("memory")]
    [InlineData("package")]
    [InlineData("reading")]
    [InlineData("tables")]
    [InlineData("waiting")]
    [InlineData("writing")]
    public async Task Its_own_tests_pass(string about)
    {
        RequirePackage();
        var output = await NativeProgram.ExpectAsync("env", [.. Environment, Python, "-X", "faulthandler", "-m", "unittest", "discover", "--start-directory", Tests, "--pattern", $"test_{about}.py"]);
        Assert.Matches(@"Ran [1-9]\d* tests? in ", output);
        Assert.EndsWith("OK\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void No_file_of_tests_is_left_out() => Assert.Equal(
        typeof(PythonTests).GetMethod(nameof(Its_own_tests_pass))!.GetCustomAttributes(typeof(InlineDataAttribute), false).Cast<InlineDataAttribute>().Select(row => $"test_{row.Data[0]}.py"),
        Directory.GetFiles(Tests, "test_*.py").Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData(401)]
    [InlineData(402)]
    public async Task A_module_is_read_whole_at_every_revision_of_a_random_history(int seed)
    {
        RequirePackage();
        using var place = new SegmentPlace();
        var history = new RandomHistory(seed);
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
        await using var python = new PythonProcess(place.Path);
        Assert.Equal("None", python.Answer("import struct"));
        Assert.Equal("None", python.Answer(Show));
        for (var commit = 0; commit < 60; commit++)
        {
            var changes = history.NextCommit(1 + (commit % 10));
            Assert.True(writer.TryReserve(changes, out _));
            writer.Project(history.Model.Revision, changes);
            Assert.Equal($"'{TextOf(history.Model)}'", python.Answer("' '.join(f'{s.id} {s.revision} {s.type} {s.name or str()}' + str().join(f' {o}={show(v)}' for o, v in s.items()) for s in module.sections())"));
            Assert.Equal("True", python.Answer("[show(s[o]) for s in module.sections() for o in s] == [show(module[k]) for k in module] == [show(v) for v in module.snapshot().values()]"));
        }
    }

    [Fact]
    public async Task A_snapshot_stays_as_it_is_until_it_is_too_old()
    {
        RequirePackage();
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
        writer.Project(new(1), [new ModuleChange.SectionAdded(new(1), "t", "s"), Set("0"), new ModuleChange.OptionSet(new(1), "list", ConfigValue.FromTexts(["a", "b"]))]);
        await using var python = new PythonProcess(place.Path);
        Assert.Equal("None", python.Answer("snapshot = module.snapshot(); section = module.section('s'); handle = module.handle('s.key')"));
        writer.Project(new(2), [Set("1")]);
        Assert.Equal("('0', '1', '1', 1, 2)", python.Answer("snapshot['s.key'], module['s.key'], handle.value, snapshot.revision, module.revision"));
        for (var revision = 3L; revision < 20; revision++)
        {
            writer.Project(new(revision), [Set(revision.ToString(CultureInfo.InvariantCulture))]);
        }

        foreach (var use in new[] { "snapshot['s.key']", "snapshot.get('s.key')", "'s.key' in snapshot" })
        {
            Assert.Equal("TooOld", python.Answer(use));
        }

        Assert.Equal("('0', '19', '19', ['a', 'b'])", python.Answer("section['key'], module['s.key'], handle.value, section['list']"));
    }

    private static string[] Environment =>
    [
        $"PYTHONPATH={NativeProgram.Library("python3")}",
        "PYTHONDONTWRITEBYTECODE=1",
        $"CMSD={Path.Combine(AppContext.BaseDirectory, "cmsd")}",
    ];

    private static void RequirePackage() =>
        Assert.SkipUnless(Directory.Exists(NativeProgram.Library(Path.Combine("python3", "cms"))), "the package was not built, since Python.h is not installed");

    private static string TextOf(ModuleModel model) => string.Join(' ', model.Sections().Select(section =>
        string.Create(CultureInfo.InvariantCulture, $"{section.Id.Value} {section.Changed.Value} {section.Type} {section.Name}")
        + string.Concat(model.Options(section.Id).Select(option => $" {option.Name}={TextOf(option.Value)}"))));

    private static string TextOf(ConfigValue value)
    {
        var elements = value.ElementType switch
        {
            ElementType.Int => value.ElementEncodings().Select(bytes => string.Create(CultureInfo.InvariantCulture, $"i{BitConverter.ToInt64(bytes.Span)}")),
            ElementType.Bool => value.ElementEncodings().Select(bytes => $"b{bytes.Span[0]}"),
            ElementType.Float => value.ElementEncodings().Select(bytes => $"f{Convert.ToHexStringLower(bytes.Span)}"),
            _ => value.Elements().Select(bytes => $"s{Convert.ToHexStringLower(bytes.Span)}"),
        };
        return value.IsList ? $"l{string.Join(',', elements)}" : elements.Single();
    }

    private static ModuleChange.OptionSet Set(string value) => new ModuleChange.OptionSet(new(1), "key", ConfigValue.FromText(value));

    /// <summary>libcms/python/tests/ask.py: Python that does with a segment what it is told.</summary>
    private sealed class PythonProcess(string path) : LineProcess("env", [.. Environment, Python, Path.Combine(Tests, "ask.py"), path])
    {
        /// <summary>What an expression gives, as Python shows it, or the name of an exception.</summary>
        public string Answer(string expression) => Ask(expression);
    }
}
