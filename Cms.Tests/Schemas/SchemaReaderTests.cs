using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Xunit;

namespace Cms.Tests.Schemas;

public sealed class SchemaReaderTests
{
    private const string Head = "config module 'm'\n";

    private const string Everything = """
        config module 'auth'
            option version '2.10.3'
            option description 'who may log in'
            option unknown 'refuse'
            list requires 'network>=1.2.0'
            option db_path '/var/db/auth.db'
            option cache_policy 'MRU'
            option cache_size '100M'
            option sha_key 'abc123'
            list allowed_clients '192.168.1.100'
            list allowed_clients '10.0.0.0/8'

        config section 'user'
            option named 'required'
            option unknown 'refuse'
            option min '1'
            option max '10'
            option durability 'state'
            option plain_file '1'

        config field
            list section 'user'
            option name 'shell'
            option type 'path'
            option default '/bin/sh'
            option access 'read-only'
            option secret 'yes'
            option cache '0'
            option list '0'
            option size '64'
            option durability 'status'

        config field 'zone'
            option section 'user'
            option ref 'firewall.zone'

        config field 'limit'
            option type 'uint'
            option default '5'

        config table 'clients'
            option primary_key 'mac'

        config column 'mac'
            option table 'clients'
            option type 'mac'
            option size '17'

        config column 'hits'
            option table 'clients'
            option type 'int'
            option size '4'
            option index 'index'
        """;

    [Fact]
    public void All_that_a_schema_says_is_read()
    {
        var schema = SchemaSample.Schema(Everything);
        Assert.Equal(("auth", new SchemaVersion(2, 10, 3), true), (schema.Module, schema.Version, schema.RefusesUnknown));
        Assert.Equal(["network>=1.2.0"], schema.MigrationRequirements.Select(each => each.ToString()));
        Assert.Equal(("/var/db/auth.db", "MRU", 100L << 20, "abc123"), (schema.Settings.DatabasePath, schema.Settings.CachePolicy, schema.Settings.CacheSizeBytes, schema.Settings.ShaKey));
        Assert.Equal(["192.168.1.100", "10.0.0.0/8"], schema.Settings.AllowedClients);
        var user = schema.FindType("user")!;
        Assert.Equal((NamePolicy.Required, true, 1, 10, DurabilityClass.State, true), (user.Names, user.RefusesUnknown, user.Least, user.Most, user.Durability, user.IsPlainFile));
        Assert.Equal(["shell", "zone", "limit"], user.Fields.Select(field => field.Name));
        var shell = schema.FindField("user", "shell")!;
        Assert.Equal((FieldAccess.ReadOnly, true, false, ListForm.Scalar, 64, DurabilityClass.Status), (shell.Access, shell.IsSecret, shell.IsCached, shell.ListForm, shell.SizeBytes, shell.Durability));
        Assert.Equal(ConfigValue.FromText("/bin/sh"), shell.Default);
        Assert.Equal(ConfigValue.FromInt(5), schema.FindField("other", "limit")!.Default);
        Assert.Null(schema.FindField("other", "shell"));
        Assert.Equal(["firewall"], schema.ReferencedModules);
        var clients = Assert.Single(schema.Tables);
        Assert.Equal(["mac", "hits"], clients.Schema.Columns.Select(column => column.Name));
        Assert.Equal((ElementType.Int, 4), (clients.Schema.Columns[1].Type, clients.Schema.Columns[1].SizeBytes));
    }

    [Theory]
    [InlineData("", "line 1: the schema names no module: begin with config module 'name'")]
    [InlineData("config module", "line 1: the module has no name: write config module 'name'")]
    [InlineData("config module 'a'\nconfig module 'b'", "line 2: a schema is of one module, and line 1 names one already; write another file for another module")]
    [InlineData(Head + "option versoin '1.0.0'", "line 2: a module takes no option 'versoin'; did you mean 'version'?")]
    [InlineData(Head + "option version '1.0'", "line 2: '1.0' is no version: write MAJOR.MINOR.PATCH, such as 1.0.0")]
    [InlineData(Head + "option version '1.0.0' '2'", "line 2: too many arguments, at byte 27")]
    [InlineData(Head + "option cache_policy 'LUR'", "line 2: 'cache_policy' is 'LUR'; write LRU, MRU or FIFO; did you mean 'LRU'?")]
    [InlineData(Head + "option cache_size 'big'", "line 2: 'cache_size' is 'big'; write bytes, or a number with K, M, G or T, such as 100M")]
    [InlineData(Head + "list allowed_clients 'a b'", "line 2: 'a b' is no client: write an address, a network such as 10.0.0.0/8, or a host's name")]
    [InlineData(Head + "list requires 'network'", "line 2: 'network' is no requirement: write a module and the version that it needs, such as network>=1.2.0")]
    [InlineData(Head + "config feild 'x'", "line 2: a schema has no 'feild'; did you mean 'field'?; it has module, section, field, type, table, column")]
    [InlineData(Head + "bogus", "line 2: invalid command, at byte 0")]
    [InlineData(Head + "config field 'x'\noption type 'ipadr'", "line 3: there is no type 'ipadr'; did you mean 'ipaddr'?; docs/schemas.md lists the types, and config type 'ipadr' makes one")]
    [InlineData(Head + "config field 'x'\noption validation 'requierd|min:1'", "line 3: there is no rule 'requierd'; did you mean 'required'?; docs/schemas.md lists the rules")]
    [InlineData(Head + "config field 'x'\noption validation 'required:1'", "line 3: the rule 'required' takes nothing behind it")]
    [InlineData(Head + "config field 'x'\noption validation 'min'", "line 3: the rule 'min' needs NUMBER: write min:3")]
    [InlineData(Head + "config field 'x'\noption type 'int'\noption validation 'max:ten'", "line 4: 'max:ten' is not understood: write a whole number behind max:")]
    [InlineData(Head + "config field 'x'\noption validation 'range:1-9'", "line 3: 'range' is for numbers, and type 'string' is none; give it a type int, uint, float, port, size or duration, or use length")]
    [InlineData(Head + "config field 'x'\noption type 'int'\noption validation 'range:9-1'", "line 4: 'range:9-1' is not understood: write numbers or ranges such as 1-9,20")]
    [InlineData(Head + "config field 'x'\noption validation 'length:a'", "line 3: 'length:a' is not understood: write numbers or ranges such as length:1-4")]
    [InlineData(Head + "config field 'x'\noption validation 'regex:('", "line 3: the expression is not legal: insufficient closing parentheses at character 1")]
    [InlineData(Head + "config field 'x'\noption validation 'format:ipadr'", "there is no format 'ipadr'; did you mean 'ipaddr'?")]
    [InlineData(Head + "config field 'x'\noption validation 'regex:('", "line 3: the expression is not legal")]
    [InlineData(Head + "config field 'x'\noption validation 'ref:a b'", "line 3: 'a b' names no type of sections")]
    [InlineData(Head + "config field 'x'\noption validation 'ref:firewall.zone@name'", "line 3: 'firewall.zone@name' names an option of another module")]
    [InlineData(Head + "config field 'x'\noption ref 'a/b.zone'", "line 3: 'a/b' is no name of a module: use printable ASCII without blanks, dots and slashes")]
    [InlineData(Head + "config field 'x'\noption ref 'm.zone'", "line 3: 'ref:zone' leads to sections of type 'zone', which is not described")]
    [InlineData(Head + "config table 't'\noption primary_key 'k'\nconfig column 'k'\noption table 't'\noption validation 'ref:m.zone'", "line 6: 'ref:zone' leads to sections of type 'zone', which is not described")]
    [InlineData(Head + "list requires 'a/b>=1.0.0'", "line 2: 'a/b>=1.0.0' is no requirement")]
    [InlineData(Head + "config section 'zone'\nconfig field 'x'\noption ref 'zoen'", "line 4: 'ref:zoen' leads to sections of type 'zoen', which is not described; did you mean 'zone'?")]
    [InlineData(Head + "config section 'zone'\nconfig field 'x'\noption ref 'zone@nam'", "line 4: 'ref:zone@nam' leads to 'nam', which is no field of section 'zone'")]
    [InlineData(Head + "config section 's'\nconfig field 'proto'\noption section 's'\nconfig field 'x'\noption section 's'\noption required_if 'prot=static'", "line 7: 'required_if:prot=static' asks for 'prot', which is no field of section 's'; did you mean 'proto'?; describe it")]
    [InlineData(Head + "config section 'interface'\nconfig field 'x'\noption section 'interfaec'", "line 4: no section of type 'interfaec' is described; did you mean 'interface'?; write config section 'interfaec' for it")]
    [InlineData(Head + "config field", "line 2: this field has no name: write config field 'name', or option name 'name' in it")]
    [InlineData(Head + "config field 'x'\nconfig field 'x'", "line 3: the name 'x' is taken by the field in line 2, and names are unique in a UCI text; write it without a name: config field, and option name 'x' in it")]
    [InlineData(Head + "config section 'm'", "line 2: the name 'm' is taken by the module in line 1, and names are unique in a UCI text; write it without a name: config section, and option type 'm' in it")]
    [InlineData(Head + "config field 'x'\nconfig field\noption name 'x'", "line 3: field 'x' is described already in line 2; keep one")]
    [InlineData(Head + "config field 'x'\noption required 'maybe'", "line 3: 'required' is 'maybe'; write 1 or 0")]
    [InlineData(Head + "config field 'x'\noption size '-1'", "line 3: 'size' is '-1'; write a whole number from 0 to 999999999")]
    [InlineData(Head + "config field 'x'\noption type 'port'\noption default '70000'", "line 4: the default '70000' is against the rule 'type:port': 1 to 65535")]
    [InlineData(Head + "config field 'x'\noption type 'int'\noption type 'bool'", "line 4: 'type' is there twice in field 'x', first in line 3; keep one")]
    [InlineData(Head + "config field 'x'\nlist type 'int'", "line 3: 'type' takes one value: write option, not list")]
    [InlineData(Head + "config field 'x'\noption required '1'\noption default 'y'", "line 4: 'x' is required, so its default is never used; keep one of the two")]
    [InlineData(Head + "config type 'int'", "line 2: 'int' is a type already; give yours another name")]
    [InlineData(Head + "config type 'a'\noption type 'b'\nconfig type 'b'\noption type 'a'", "line 3: type 'a' is made of itself: a -> b -> a; base one of them on another type")]
    [InlineData(Head + "config section 's'\noption min '5'\noption max '2'", "line 3: at least 5 and at most 2 cannot both be; lower min or raise max")]
    [InlineData(Head + "config section 's'\noption validation 'required'", "line 3: the rule 'required' is for a field; leave it out here")]
    [InlineData(Head + "config table 't'", "line 2: table 't' has no primary key: write option primary_key with the name of a column")]
    [InlineData(Head + "config table 't'\noption primary_key 'a'", "line 2: table 't': a table has 1 to 64 columns, not 0")]
    [InlineData(Head + "config column 'c'\noption table 't'", "line 3: there is no table 't'; write config table 't' for it")]
    [InlineData(Head + "config column 'c'", "line 2: column 'c' says of no table: write option table 'name' in it")]
    [InlineData(Head + "config table 't'\noption primary_key 'c'\nconfig column 'c'\noption table 't'\noption type 'int'\noption size '3'", "line 2: table 't': int column 'c' has 1, 2, 4 or 8 bytes, not 3")]
    public void A_mistake_is_told_with_its_line_and_what_to_do(string text, string expected) =>
        Assert.Contains(SchemaSample.Mistakes(text), mistake => mistake.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void A_reference_that_names_its_own_module_stays_within_it()
    {
        var schema = SchemaSample.Schema(Head + "config section 'zone'\nconfig field 'name'\noption section 'zone'\nconfig field 'x'\noption ref 'm.zone'\nconfig field 'y'\noption ref 'm.zone@name'\n"
            + "config table 't'\noption primary_key 'k'\nconfig column 'k'\noption table 't'\noption validation 'ref:m.zone'");
        Assert.Empty(schema.ReferencedModules);
        Assert.Equal(["ref:zone", "ref:zone@name"], schema.FieldsOfAll.Select(field => field.Reference!.ToString()));
        Assert.Null(schema.Tables[0].Columns[0].Reference!.Module);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Types_are_made_of_each_other_up_to_a_bound(bool isBaseFirst)
    {
        string Chain(int count)
        {
            var types = Enumerable.Range(0, count).Select(number => $"config type 't{number}'\n{(number == 0 ? "" : $"option type 't{number - 1}'\n")}");
            return Head + string.Concat(isBaseFirst ? types : types.Reverse()) + $"config field 'x'\noption type 't{count - 1}'\n";
        }

        Assert.Empty(SchemaSample.Mistakes(Chain(32)));
        Assert.Contains(SchemaSample.Mistakes(Chain(33)), mistake => mistake.Contains("more than 32 types are made of each other", StringComparison.Ordinal));
        Assert.NotEmpty(SchemaSample.Mistakes(Chain(20_000)));
    }

    [Theory]
    [InlineData("section", 4096)]
    [InlineData("field", 16_384)]
    [InlineData("type", 1024)]
    [InlineData("table", 1024)]
    public void A_schema_describes_no_more_than_a_bound(string owner, int most)
    {
        var text = Head + string.Concat(Enumerable.Range(0, most + 1).Select(number => $"config {owner} 'x{number}'\n"));
        Assert.Contains($"line {most + 2}: the schema has {most + 1} sections '{owner}', and the most is {most}; leave some out", SchemaSample.Mistakes(text));
    }

    [Fact]
    public void Rules_are_bounded_with_those_of_types()
    {
        string Rules(int count) => string.Join('|', Enumerable.Repeat("num", count));
        Assert.Contains(SchemaSample.Mistakes($"{Head}config field 'x'\noption validation '{Rules(257)}'"), mistake => mistake.Contains("more than 256 rules", StringComparison.Ordinal));
        var inherited = $"{Head}config type 'a'\noption validation '{Rules(200)}'\nconfig field 'x'\noption type 'a'\noption validation '{Rules(57)}'";
        Assert.Equal(["line 4: field 'x' has 257 rules with those of its type; the most is 256"], SchemaSample.Mistakes(inherited));
        var conditions = string.Concat(Enumerable.Range(0, 65).Select(_ => "list required_if 'x'\n"));
        Assert.Contains(SchemaSample.Mistakes($"{Head}config field 'x'\n{conditions}"), mistake => mistake.Contains("more than 64 conditions", StringComparison.Ordinal));
    }

    [Fact]
    public void Fields_of_every_section_are_held_once_and_a_type_may_have_its_own_instead()
    {
        var own = SchemaSample.Schema(Head + "config section 's'\nconfig section 'r'\nconfig field 'a'\noption required '1'\nconfig field 'b'\noption required '1'\nconfig field\noption name 'a'\noption section 's'\noption default 'x'");
        Assert.Same(own.FindField("r", "b"), own.FindField("s", "b"));
        Assert.False(own.FindField("s", "a")!.IsRequired);
        Assert.Equal(["m.x b required", "m.y a required", "m.y b required"], SchemaValidator.ValidateAll(SchemaSample.Module("config s 'x'\nconfig r 'y'"), own, UnknownTargets.Instance, 9)
            .Select(violation => $"{violation.Path[..violation.Path.LastIndexOf('.')]} {violation.Path[(violation.Path.LastIndexOf('.') + 1)..]} {violation.Rule}"));
        var text = Head + string.Concat(Enumerable.Range(0, 4096).Select(number => $"config section 's{number}'\n")) + string.Concat(Enumerable.Range(0, 16_000).Select(number => $"config field 'f{number}'\noption unique '1'\n"));
        var start = GC.GetAllocatedBytesForCurrentThread();
        Assert.NotNull(SchemaReader.Read(Encoding.UTF8.GetBytes(text)).FindField("s7", "f7"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - start, 1, 200L << 20);
    }

    [Fact]
    public void Nothing_is_suggested_behind_many_mistakes()
    {
        var mistakes = SchemaSample.Mistakes(Head + string.Concat(Enumerable.Range(0, 300).Select(_ => "config feild\n")));
        Assert.Equal(300, mistakes.Count);
        Assert.Equal(100, mistakes.Count(mistake => mistake.Contains("did you mean", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_mistake_is_told_in_the_order_of_the_lines()
    {
        const string Text = "config module 'm'\n  option version 'x'\nconfig field 'a'\n  option tpye 'int'\nbogus\nconfig field 'b'\n  option validation 'mni:3|maxx:4'\n";
        Assert.Equal([2, 4, 5, 7, 7], Mistakes(Text).Select(mistake => mistake.Line));
        var refused = Assert.Throws<RefusedException>(() => SchemaReader.Read(Encoding.UTF8.GetBytes(Text)));
        Assert.Equal(ErrorCode.InvalidArgument, refused.Refusal.Code);
        Assert.Contains("5 mistakes", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_is_too_long_or_no_text_is_refused()
    {
        Assert.Throws<RefusedException>(() => SchemaReader.Read(new byte[SchemaReader.LongestText + 1]));
        Assert.Throws<RefusedException>(() => SchemaReader.Read(new MemoryStream(new byte[SchemaReader.LongestText + 2])));
        SchemaReader.TryRead([.. "config module 'm'\n\toption description '"u8, 0xff, .. "'\n"u8], out var mistakes);
        Assert.Equal(["line 2: the text is not UTF-8; save it as UTF-8"], mistakes.Select(mistake => mistake.ToString()));
    }

    private static IReadOnlyList<SchemaMistake> Mistakes(string text)
    {
        SchemaReader.TryRead(Encoding.UTF8.GetBytes(text), out var mistakes);
        return mistakes;
    }
}
