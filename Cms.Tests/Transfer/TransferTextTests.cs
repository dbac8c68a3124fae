using System.Text;
using Cms.Cli.Transfer;
using Cms.Client.Documents;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Transfer;

/// <summary>Modules as JSON and YAML: what goes out comes in again, and what is no document is refused by line and path.</summary>
public sealed class TransferTextTests
{
    public static TheoryData<string> Documents => ["json", "yaml"];

    [Theory]
    [MemberData(nameof(Documents))]
    public void What_was_exported_imports_into_an_empty_module_as_it_was(string name)
    {
        var format = TransferFormats.Parse(name)!.Value;
        for (var seed = 0; seed < 3000; seed++)
        {
            var before = Modules.Make(new Random(seed));
            var text = Write(before, format);
            var after = Assert.Single(TransferText.Read(text, format, null)).ToImport(isMerge: false).Apply(EmptyModuleView.Instance, EditLimits.Default);
            Assert.True(!ModuleDiff.Between(before, Renumbered(after)).Any() && text.AsSpan().SequenceEqual(Write(after, format)), $"seed {seed}\n{Encoding.UTF8.GetString(text)}");
        }
    }

    [Fact]
    public void A_module_becomes_equal_to_a_document_whatever_it_was_before()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var (before, wanted) = (Modules.Make(random), Modules.Make(random));
            var after = new ModuleImport(wanted).Apply(before, EditLimits.Default);
            var (left, right) = (Write(wanted, TransferFormat.Json), Write(after, TransferFormat.Json));
            var isSameTables = wanted.Tables().Select(table => table.Name).SequenceEqual(after.Tables().Select(table => table.Name));
            Assert.True(!isSameTables || left.AsSpan().SequenceEqual(right), $"seed {seed}\n{Encoding.UTF8.GetString(left)}\n{Encoding.UTF8.GetString(right)}");
            Assert.Empty(ModuleDiff.Between(after, new RenumberedModule(wanted, after)));
            Assert.Empty(new ModuleImport(wanted).Plan(after, out _)!);
        }
    }

    [Fact]
    public void Json_and_Yaml_are_the_same_document()
    {
        for (var seed = 0; seed < 1000; seed++)
        {
            var module = Modules.Make(new Random(seed));
            var fromYaml = TransferText.Read(Write(module, TransferFormat.Yaml), TransferFormat.Yaml, null)[0];
            Assert.True(Write(module, TransferFormat.Json).AsSpan().SequenceEqual(Write(fromYaml.Content, TransferFormat.Json)), $"seed {seed}");
        }
    }

    [Fact]
    public void A_merge_of_what_is_there_already_doubles_lists_and_nameless_sections_alone()
    {
        var module = TransferText.Read(
            "sections: [{type: a, name: x, options: {n: 1, l: [1, 2]}}]\ntables: [{table: t, primaryKey: k, columns: [{name: k, type: int}, {name: v, type: int}], rows: [{k: 1, v: 2}]}]"u8.ToArray(),
            TransferFormat.Yaml,
            "m")[0];
        var other = TransferText.Read(
            "sections: [{type: a, name: x, options: {n: 5, l: [3]}}, {type: b, options: {}}]\ntables: [{table: t, primaryKey: k, columns: [{name: k, type: int}, {name: v, type: int}], rows: [{k: 2, v: 1}, {k: 1, v: 9}]}]"u8.ToArray(),
            TransferFormat.Yaml,
            "m")[0];
        var merged = other.ToImport(isMerge: true).Apply(module.Content, EditLimits.Default);
        var section = merged.FindSection("x")!.Id;
        Assert.Equal((2, "5", 3), (merged.SectionCount, merged.FindOption(section, "n")!.Value.ToString(), merged.FindOption(section, "l")!.Value.Count));
        Assert.Equal(ElementType.Int, merged.FindOption(section, "l")!.Value.ElementType);
        Assert.Equal(2, merged.FindTable("t")!.RowCount);
    }

    [Fact]
    public void A_uci_text_leaves_types_and_tables_alone()
    {
        var module = TransferText.Read(
            "sections: [{type: a, name: x, options: {n: 1, empty: []}}]\ntables: [{table: t, primaryKey: k, columns: [{name: k, type: int}], rows: [{k: 1}]}]"u8.ToArray(),
            TransferFormat.Yaml,
            "m")[0].Content;
        var text = TransferText.Read("config a 'x'\n\toption n '1'\n\toption m '2'\n"u8.ToArray(), TransferFormat.Uci, "m")[0];
        var after = text.ToImport(isMerge: false).Apply(module, EditLimits.Default);
        var section = after.FindSection("x")!.Id;
        Assert.Equal(ElementType.Int, after.FindOption(section, "n")!.Value.ElementType);
        Assert.NotNull(after.FindOption(section, "empty"));
        Assert.Equal(1, after.FindTable("t")!.RowCount);
        Assert.NotNull(after.FindOption(section, "m"));
    }

    [Theory]
    [InlineData("json", "{\n\"sections\": [\n{\"type\": \"a b\", \"options\": {}}]}", "line 3, sections.[0]")]
    [InlineData("json", "{\"sections\": [{\"type\": \"a\",\n\"options\": {\"n\": 1, \"n\": 2}}]}", "line 2, sections[0].options.n: the option 'n' is there twice")]
    [InlineData("json", "{\"sections\": [\n\n{\"typ\": \"a\"}]}", "line 3, sections[0].typ: there is no such member")]
    [InlineData("json", "{\"sections\": [],\n \"tables\": [{\"table\": \"cms_schema\", \"primaryKey\": \"k\", \"columns\": [{\"name\": \"k\", \"type\": \"int\"}]}]}", "line 2, tables[0]")]
    [InlineData("json", "{\"sections\": [{\"type\": \"a\", \"options\": {\"n\":\n [1, \"x\"]}}]}", "line 2, sections[0].options.n: the elements")]
    [InlineData("json", "{\"sections\": [\n", "line 2")]
    [InlineData("json", "{\"sections\": [{\"type\": \"a\", \"options\": {\"n\": \"\\ud800\"}}]}", "line 1, sections[0].options.n: this string is no legal Unicode")]
    [InlineData("json", "", "empty")]
    [InlineData("json", "[]", "line 1: an object with 'sections'")]
    [InlineData("yaml", "sections:\n- type: a\n  options:\n    n: null\n", "line 4, sections[0].options.n: a value is")]
    [InlineData("yaml", "sections:\n- type: a\n  options:\n    n: &x 1\n", "line 4: an anchor")]
    [InlineData("yaml", "sections: *x\n", "line 1: an alias")]
    [InlineData("yaml", "sections:\n- type: !python/object a\n", "line 2: a tag")]
    [InlineData("yaml", "sections:\n- type: a\n name: b\n", "line 3")]
    [InlineData("yaml", "sections: [\n[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "line 2: this is nested")]
    [InlineData("yaml", "? [a]\n: b\n", "line 1: a key")]
    [InlineData("yaml", "sections:\n- type: a\n  options: {n: 99999999999999999999}\n", "line 3, sections[0].options.n: a number does not fit")]
    public void What_is_no_document_is_refused_by_line_and_path(string format, string text, string place)
    {
        var refused = Assert.Throws<RefusedException>(() => TransferText.Read(Encoding.UTF8.GetBytes(text), TransferFormats.Parse(format)!.Value, "m"));
        Assert.Contains(place.Replace("sections.[", "sections[", StringComparison.Ordinal), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Yaml_that_people_write_is_understood()
    {
        var text = "# ours\n---\nmodule: net\nsections:\n  - {type: interface, name: lan, options: {proto: static, mtu: 1500, on: yes, f: 1.5, b: true, mode: 0755, \"q\": '1'}}\n---\nmodule: dhcp\nsections: []\n";
        var documents = TransferText.Read(Encoding.UTF8.GetBytes(text), TransferFormat.Yaml, null);
        Assert.Equal(["net", "dhcp"], documents.Select(document => document.Module));
        var lan = documents[0].Content.FindSection("lan")!.Id;
        Assert.Equal(
            "String:static Int:1500 String:yes Float:1.5 Bool:1 String:0755 String:1",
            string.Join(' ', documents[0].Content.Options(lan).Select(option => $"{option.Value.ElementType}:{option.Value.GetText()}")));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Damaged_texts_are_read_or_refused(string name)
    {
        var format = TransferFormats.Parse(name)!.Value;
        var odd = ":-?[]{}#&*!|>'\"%@`,\n\t \\0\x80\xff~<=1eE+._/x\r\0"u8.ToArray();
        for (var seed = 0; seed < 5_000; seed++)
        {
            var random = new Random(seed);
            var text = Write(Modules.Make(random), format).ToList();
            for (var damage = 1 + random.Next(4); damage > 0; damage--)
            {
                var place = random.Next(text.Count + 1);
                if (random.Next(3) == 0 && place < text.Count)
                {
                    text.RemoveRange(place, Math.Min(text.Count - place, 1 + random.Next(10)));
                }
                else
                {
                    text.InsertRange(place, Enumerable.Range(0, 1 + random.Next(3)).Select(_ => odd[random.Next(odd.Length)]));
                }
            }

            try
            {
                TransferText.Read(text.ToArray(), format, "m");
            }
            catch (RefusedException refused)
            {
                Assert.Equal(ErrorCode.InvalidArgument, refused.Refusal.Code);
            }
            catch (Exception failed) when (failed is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"seed {seed}: {failed}\n{Convert.ToBase64String([.. text])}");
            }
        }
    }

    private static byte[] Write(IModuleView content, TransferFormat format) =>
        TransferText.Write([new ModuleDocument("net", content) { HasTables = true }], format, isOne: true).ToArray();

    // Ids are no part of a document.
    private static RenumberedModule Renumbered(IModuleView after) => new(after, after);
}
