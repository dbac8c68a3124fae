using System.Text;
using Cms.Actors.Modules;
using Cms.Actors.Schemas;
using Cms.Actors.Transactions;
using Cms.Formats.Modules;
using Cms.Formats.Schemas;
using Cms.Formats.Tables;
using Xunit;

namespace Cms.Tests.Schemas;

/// <summary>What <see cref="SchemaValidator.ValidateChanges"/> finds, against all that is wrong afterwards.</summary>
public sealed class ChangedModuleTests
{
    private const string Referring = "config module 'm'\nconfig section 'zone'\nconfig field 'network'\noption section 'zone'\noption ref 'network.interface,*'";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Changes_of_a_valid_module_are_found_wrong_exactly_where_the_whole_is(int seed)
    {
        const int Steps = 4000;
        var random = new Random(seed);
        var schema = SchemaSample.Schema(RandomModule.Schema);
        var histories = new RandomModule(random);
        var accepted = 0;
        var rules = new HashSet<string>();
        IModuleView state = new StoredModule(Revision.None, new SectionId(1));
        for (var step = 0; step < Steps; step++)
        {
            var after = new Overlay(state);
            var changes = histories.Change(after);
            var whole = Sorted(SchemaValidator.ValidateAll(after, schema, UnknownTargets.Instance, SchemaSample.Most));
            var found = Sorted(SchemaValidator.ValidateChanges(state, after, changes, schema, UnknownTargets.Instance, SchemaSample.Most));
            Assert.True(whole.SequenceEqual(found), $"seed {seed}, step {step}:\n{string.Join('\n', changes)}\nwhole:\n{string.Join('\n', whole)}\nchanges:\n{string.Join('\n', found)}");
            rules.UnionWith(whole.Select(violation => violation.Rule));
            if (whole.Count == 0)
            {
                state = StoredModule.CopyOf(after);
                accepted++;
            }
        }

        Assert.True(accepted > Steps / 20, $"seed {seed}: only {accepted} of {Steps} commits were valid, so the histories lead nowhere");
        Assert.Superset(
            new HashSet<string> { "required", "unique", "ref:interface", "ref:zone@name,*", "max:3", "max:6", "min:1", "count:1-2", "unknown:refuse", "named:required", "named:forbidden", "table", "min:2", "forbidden_if:proto=dhcp", "required_if:proto=static" },
            rules);
    }

    [Fact]
    public void A_read_only_value_is_set_with_its_section_and_then_only_by_a_migration()
    {
        var schema = SchemaSample.Schema("config module 'm'\nconfig field 'serial'\noption access 'read-only'");
        var empty = new StoredModule(Revision.None, new SectionId(1));
        var id = new SectionId(1);
        List<ModuleChange> birth = [new ModuleChange.SectionAdded(id, "s", "x"), new ModuleChange.OptionSet(id, "serial", ConfigValue.FromText("1"))];
        var born = Applied(empty, birth);
        Assert.Empty(Changed(empty, born, birth, schema));

        List<ModuleChange> change = [new ModuleChange.OptionSet(id, "serial", ConfigValue.FromText("2"))];
        Assert.Equal(["m.x.serial: is read-only: leave it as it was; only a migration changes it (access:read-only)"], Changed(born, Applied(born, change), change, schema));
        List<ModuleChange> removal = [new ModuleChange.OptionRemoved(id, "serial")];
        Assert.Single(Changed(born, Applied(born, removal), removal, schema));
        Assert.Empty(SchemaValidator.ValidateChanges(born, Applied(born, change), change, schema, UnknownTargets.Instance, 9, isMigration: true));
        List<ModuleChange> same = [new ModuleChange.OptionSet(id, "serial", ConfigValue.FromInt(1))];
        Assert.Empty(Changed(born, Applied(born, same), same, schema));
    }

    [Fact]
    public void A_read_only_value_is_not_changed_by_making_its_section_anew()
    {
        var schema = SchemaSample.Schema("config module 'm'\nconfig field 'serial'\noption access 'read-only'");
        var before = SchemaSample.Module("config s 'x'\n option serial '1'");
        List<ModuleChange> Anew(string type, params ModuleChange[] values) => [new ModuleChange.SectionRemoved(new(1)), new ModuleChange.SectionAdded(new(2), type, "x"), .. values];
        var other = Anew("s", new ModuleChange.OptionSet(new(2), "serial", ConfigValue.FromText("2")));
        Assert.Equal(["m.x.serial: is read-only: leave it as it was; only a migration changes it (access:read-only)"], Changed(before, Applied(before, other), other, schema));
        var without = Anew("s");
        Assert.Single(Changed(before, Applied(before, without), without, schema));
        var same = Anew("s", new ModuleChange.OptionSet(new(2), "serial", ConfigValue.FromInt(1)));
        Assert.Empty(Changed(before, Applied(before, same), same, schema));
        var ofOtherType = Anew("t", new ModuleChange.OptionSet(new(2), "serial", ConfigValue.FromText("2")));
        Assert.Empty(Changed(before, Applied(before, ofOtherType), ofOtherType, schema));
    }

    [Fact]
    public void References_in_rows_of_a_table_that_is_new_are_told_without_secrets()
    {
        var schema = SchemaSample.Schema("config module 'm'\nconfig table 't'\noption primary_key 'k'\nconfig column 'k'\noption table 't'\noption secret '1'\noption validation 'ref:network.interface'");
        var columns = Assert.Single(schema.Tables).Schema;
        List<ModuleChange> changes =
        [
            new ModuleChange.TableCreated("t", columns),
            new ModuleChange.RowInserted("t", new TableRowBuilder(columns).Set(0, Encoding.UTF8.GetBytes("lan")).Build()),
        ];
        var after = Applied(EmptyModuleView.Instance, changes);
        var told = Assert.Single(SchemaValidator.AddedReferences(after, changes, schema));
        Assert.Equal(new OutwardReference("m.t.(secret).k", "network", new("interface", "lan"), IsSecret: true), told);
        var violation = ReferenceCheck.Describe(told);
        Assert.Equal(("(secret)", "module network has no interface '(secret)'"), (violation.Value, violation.Hint));
        Assert.Equal([told], SchemaValidator.AllReferences(after, schema));
    }

    [Fact]
    public void A_reference_to_types_that_begin_alike_is_broken_only_when_no_such_section_is_left()
    {
        var schema = SchemaSample.Schema("config module 'm'\nconfig field 'radio'\noption ref 'wireless.wifi*'");
        var module = SchemaSample.Module("config s 'x'\n list radio 'a'\n list radio 'b'\n list radio 'c'");
        var gone = new[]
        {
            new ReferenceTarget("wifi-iface", "a"),
            new ReferenceTarget("wifi-iface", "b") { TypeNow = "wifi-device" },
            new ReferenceTarget("other", "c"),
        };
        var violation = Assert.Single(SchemaValidator.FindReferrers(module, schema, "wireless", gone, 9));
        Assert.Equal(("m.x.radio", "a"), (violation.Path, violation.Value));
    }

    [Theory]
    [InlineData("wifi-iface", true)]
    [InlineData("other", false)]
    public void A_section_of_another_module_is_there_when_its_type_begins_as_asked(string type, bool isThere)
    {
        var added = new OutwardReference("m.x.radio", "wireless", new("wifi*", "a"));
        var reply = new ModuleReply(Revision.None, 0, null);
        var votes = new Dictionary<string, Vote>
        {
            ["m"] = new(reply, null) { Claims = new ReferenceClaims([added], [], ["wireless"]) },
            ["wireless"] = new(reply, null) { View = SchemaSample.Module($"config {type} 'a'") },
        };
        Assert.Equal(isThere, ReferenceCheck.Decide(votes) is null);
    }

    [Fact]
    public void Sections_that_others_refer_to_are_told_when_they_go()
    {
        var before = SchemaSample.Module("config interface 'a'\nconfig interface 'b'\nconfig interface 'c'\nconfig interface 'd'\nconfig interface");
        List<ModuleChange> changes =
        [
            new ModuleChange.SectionRemoved(new(1)),
            new ModuleChange.SectionRenamed(new(2), "e"),
            new ModuleChange.SectionRetyped(new(3), "alias"),
            new ModuleChange.SectionRemoved(new(4)),
            new ModuleChange.SectionRemoved(new(5)),
            new ModuleChange.SectionAdded(new(6), "interface", "d"),
        ];
        Assert.Equal(
            [new ReferenceTarget("interface", "a"), new("interface", "b"), new("interface", "c") { TypeNow = "alias" }],
            SchemaValidator.RemovedTargets(before, Applied(before, changes), changes));
    }

    [Fact]
    public void References_to_other_modules_are_told_with_what_was_touched()
    {
        var schema = SchemaSample.Schema(Referring);
        var before = SchemaSample.Module("config zone 'z'\n list network 'old'\nconfig zone 'untouched'\n list network 'lan'");
        List<ModuleChange> changes =
        [
            new ModuleChange.OptionSet(new(1), "network", ConfigValue.FromTexts(["lan", "*", "wan"])),
            new ModuleChange.OptionSet(new(2), "other", ConfigValue.FromText("x")),
        ];
        Assert.Equal(
            [new OutwardReference("m.z.network", "network", new("interface", "lan")), new("m.z.network", "network", new("interface", "wan"))],
            SchemaValidator.AddedReferences(Applied(before, changes), changes, schema));
    }

    [Fact]
    public void Those_who_refer_to_what_is_gone_are_found()
    {
        var schema = SchemaSample.Schema(Referring);
        var module = SchemaSample.Module("config zone 'z'\n list network 'lan'\n list network 'wan'\nconfig zone\n option network 'wan'");
        var gone = new[] { new ReferenceTarget("interface", "wan"), new ReferenceTarget("device", "lan") };
        var found = SchemaValidator.FindReferrers(module, schema, "network", gone, 9);
        Assert.Equal(["m.z.network", "m.@zone[1].network"], found.Select(violation => violation.Path));
        Assert.All(found, violation => Assert.Equal(("ref:network.interface,*", "wan"), (violation.Rule, violation.Value)));
        Assert.Empty(SchemaValidator.FindReferrers(module, schema, "wireless", gone, 9));
    }

    [Fact]
    public void No_more_violations_are_told_than_are_asked_for()
    {
        var module = SchemaSample.Module(new StringBuilder().Insert(0, "config zone\n option network 'x'\n", 50).ToString());
        var schema = SchemaSample.Schema("config module 'm'\nconfig field 'network'\noption type 'int'");
        Assert.Equal(7, SchemaValidator.ValidateAll(module, schema, UnknownTargets.Instance, 7).Count);
    }

    private static Overlay Applied(IModuleView before, List<ModuleChange> changes)
    {
        var after = new Overlay(before);
        after.Apply(new Revision(1), changes);
        return after;
    }

    private static IEnumerable<string> Changed(IModuleView before, IModuleView after, List<ModuleChange> changes, ModuleSchema schema) =>
        SchemaValidator.ValidateChanges(before, after, changes, schema, UnknownTargets.Instance, 9).Select(violation => violation.ToString());

    private static List<Violation> Sorted(IReadOnlyList<Violation> violations) =>
        [.. violations.OrderBy(violation => violation.ToString(), StringComparer.Ordinal)];
}
