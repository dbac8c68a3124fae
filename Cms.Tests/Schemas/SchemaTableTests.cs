using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Schemas;
using Xunit;

namespace Cms.Tests.Schemas;

/// <summary>The versions of a schema in the rows of their module.</summary>
public sealed class SchemaTableTests
{
    [Fact]
    public void A_module_without_a_schema_has_none()
    {
        Assert.Null(SchemaTable.ReadNewest(EmptyModuleView.Instance));
        Assert.Empty(SchemaTable.ReadHeads(EmptyModuleView.Instance));
    }

    [Fact]
    public void Every_version_is_kept_and_the_last_one_can_be_taken_away()
    {
        var module = new Overlay(EmptyModuleView.Instance);
        var random = new Random(4711);
        var texts = new List<string>();
        for (var number = 0; number < 100; number++)
        {
            // Now and then all of it is another, longer than a row holds.
            var text = number % 37 == 5 ? Text(random, 150_000) : Insert(texts.Count == 0 ? "" : texts[^1], Text(random, random.Next(200)), random);
            texts.Add(text);
            Push(module, new SchemaEdition(new SchemaVersion(1, number, 0), Encoding.UTF8.GetBytes(text)));
            Assert.Equal(text, Encoding.UTF8.GetString(SchemaTable.ReadNewest(module)!.Text.Span));
        }

        Assert.Equal(texts, Enumerable.Range(0, 100).Select(number => Encoding.UTF8.GetString(SchemaTable.ReadAt(module, number).Text.Span)));
        Assert.Equal(Enumerable.Range(0, 100), SchemaTable.ReadHeads(module).Select(head => head.Version.Minor));
        for (var number = 99; number > 0; number--)
        {
            module.Apply(module.Revision.Next, SchemaTable.Pop(module));
            Assert.Equal(texts[number - 1], Encoding.UTF8.GetString(SchemaTable.ReadNewest(module)!.Text.Span));
        }

        module.Apply(module.Revision.Next, SchemaTable.Pop(module));
        Assert.Null(SchemaTable.ReadNewest(module));
    }

    [Fact]
    public void A_thousand_versions_of_a_large_schema_take_less_than_a_megabyte()
    {
        var module = new Overlay(EmptyModuleView.Instance);
        var fields = Enumerable.Range(0, 100).Select(field => $"config field\n\toption section 'interface'\n\toption name 'option{field}'\n\toption validation 'max:{field}'\n").ToList();
        for (var number = 0; number < 1000; number++)
        {
            fields[number % fields.Count] += $"\toption description 'As of version {number}'\n";
            var text = string.Concat(fields.Select(field => field.Split("\toption description")[0] + (field.Contains("description") ? "\toption description" + field.Split("\toption description")[^1] : "")));
            Push(module, new SchemaEdition(new SchemaVersion(1, number, 0), Encoding.UTF8.GetBytes($"config module 'net'\n\toption version '1.{number}.0'\n{text}")));
        }

        var bytes = module.Rows(SchemaTable.Name).Sum(row => row.Row.Key.Length + row.Row.Content.Length);
        Assert.InRange(bytes, 1, 1_000_000);
    }

    [Fact]
    public void A_migration_is_kept_with_its_version()
    {
        var module = new Overlay(EmptyModuleView.Instance);
        var migration = new SchemaMigration("", ["network>=1.2.0", "it's"], Encoding.UTF8.GetBytes("set a.b='1'\n"), default);
        Push(module, new SchemaEdition(new SchemaVersion(1, 0, 0), default) { Migration = migration });
        var read = SchemaTable.ReadNewest(module)!;
        Assert.Equal(new Revision(1), read.Registered);
        Assert.Equal(("", "set a.b='1'\n", ""), (read.Migration!.Description, Encoding.UTF8.GetString(read.Migration.Up.Span), Encoding.UTF8.GetString(read.Migration.Down.Span)));
        Assert.Equal(["network>=1.2.0", "it's"], read.Migration.Requires);
        Assert.Equal(0, read.Text.Length);
        var head = Assert.Single(SchemaTable.ReadHeads(module));
        Assert.IsType<SchemaHead>(head);
        Assert.Equal((new Revision(1), "set a.b='1'\n"), (head.Registered, Encoding.UTF8.GetString(head.Migration!.Up.Span)));
    }

    private static void Push(Overlay module, SchemaEdition edition) => module.Apply(module.Revision.Next, SchemaTable.Push(module, edition));

    private static string Insert(string text, string addition, Random random)
    {
        var place = random.Next(text.Length + 1);
        return text[..place] + addition + text[place..];
    }

    private static string Text(Random random, int length) => string.Create(length, random, (span, source) =>
    {
        for (var index = 0; index < span.Length; index++)
        {
            span[index] = "abc '\n\t\\\"#"[source.Next(10)];
        }
    });
}
