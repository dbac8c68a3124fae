using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Schemas;
using Cms.Formats.Segments;

namespace Cms.Benchmarks;

/// <summary>Comparing a module of a million options with its schema: whole, from memory and from its segment, and after a commit.</summary>
internal static class ValidateMeasure
{
    private const int Sections = 100_000;
    private const int OptionsOfSection = 10;
    private const int Rounds = 3;
    private const int Most = 100;

    // The journal of a segment that is nobody's projection.
    private static readonly Guid NoJournal = new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12);

    private const string Schema = """
        config module 'large'
        config section 'host'
            option unknown 'refuse'
            option named 'required'
        config field 'name'
            option validation 'required|alpha_dash|max:32|unique'
        config field 'ip'
            option type 'ipv4'
        config field 'mac'
            option type 'mac'
        config field 'mtu'
            option type 'int'
            option validation 'range:68-9200'
        config field 'proto'
            option validation 'in:static,dhcp,none'
        config field 'gateway'
            option type 'ipaddr'
            option validation 'required_if:proto=static'
        config field 'enabled'
            option type 'bool'
        config field 'lease'
            option type 'duration'
        config field 'note'
            option validation 'regex:^[a-z ]+$'
        config field 'peer'
            option ref 'host'
        """;

    /// <summary>Measures and reports <c>validate-1m-s</c> and what belongs to it.</summary>
    /// <param name="installation">Where there is room for a segment.</param>
    /// <param name="report">Takes the figures.</param>
    public static void Run(Installation installation, Report report)
    {
        var schema = SchemaReader.Read(Encoding.UTF8.GetBytes(Schema));
        var module = Module();
        report.AddBelow("validate-1m-memory-s", Best(() => Validate(module, schema)), "s", 5);
        using var run = installation.NewRunScratch();
        var path = run["segment"];
        using (SegmentWriter.Create(path, NoJournal, new SegmentOptions(), module))
        {
            // All of the module is in the segment once it is made.
        }

        using var reader = SegmentReader.Open(path);
        var snapshot = reader.Snapshot();
        report.AddBelow("validate-1m-s", Best(() => Validate(snapshot, schema)), "s", 5);
        List<ModuleChange> changes = [new ModuleChange.OptionSet(new SectionId(Sections / 2), "mtu", ConfigValue.FromText("1400"))];
        var after = new Overlay(snapshot);
        after.Apply(snapshot.Revision, changes);
        report.Add("validate-change-of-1m-us", 1e6 * Best(() => Require(SchemaValidator.ValidateChanges(snapshot, after, changes, schema, UnknownTargets.Instance, Most))), "us");
    }

    private static double Best(Action act)
    {
        var best = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            act();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }

    private static void Validate(IModuleView view, ModuleSchema schema) => Require(SchemaValidator.ValidateAll(view, schema, UnknownTargets.Instance, Most));

    private static void Require(IReadOnlyList<Violation> violations)
    {
        if (violations.Count > 0)
        {
            throw new InvalidDataException($"the module is not as its schema has it: {violations[0]}");
        }
    }

    private static StoredModule Module()
    {
        var module = new StoredModule(new Revision(1), new SectionId(Sections + 1));
        for (var number = 1; number <= Sections; number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"host{number}");
            module.TryAdd(new SectionView(new SectionId(number), "host", name, new Revision(1)));
            foreach (var (option, text) in Options(number, name))
            {
                module.TryAdd(new OptionView(option, ConfigValue.FromText(text), new Revision(1)));
            }
        }

        return module;
    }

    private static (string Option, string Text)[] Options(int number, string name)
    {
        var (high, low) = ((number >> 8) & 0xff, number & 0xff);
        (string, string)[] options =
        [
            ("name", name),
            ("ip", string.Create(CultureInfo.InvariantCulture, $"10.{number >> 16}.{high}.{low}")),
            ("mac", string.Create(CultureInfo.InvariantCulture, $"02:00:00:{number >> 16:x2}:{high:x2}:{low:x2}")),
            ("mtu", "1500"),
            ("proto", number % 2 == 0 ? "static" : "dhcp"),
            ("gateway", "10.0.0.1"),
            ("enabled", "on"),
            ("lease", "12h"),
            ("note", "a host among others"),
            ("peer", "host1"),
        ];
        return options.Length == OptionsOfSection ? options : throw new InvalidOperationException("the figure is of a million options");
    }
}
