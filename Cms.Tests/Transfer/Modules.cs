using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Tables;

namespace Cms.Tests.Transfer;

/// <summary>Makes modules of which a seed says all, with values that texts like to mangle.</summary>
internal static class Modules
{
    private static readonly string[] Texts =
    [
        "yes", "no", "on", "null", "~", "", " leading blanks", "trailing blanks ", "1e3", "0755", "1500", "-1", "+1", ".5", "0x1f", "1_000", "12:30:45", "2026-11-21",
        "true", "False", "NaN", ".inf", "a: b", "a #b", "# c", "- d", "-", "---", "...", "? e", "&a", "*a", "!t", "|", ">", "%d", "@", "`", "{a: b}", "[1]", "'", "\"", "it's", "a\"b",
        "one\ntwo\n", "one\ntwo", "\none", "one\n\n", "  one\n two\n", "one \ntwo\n", "tab\there", "\t", "back\\slash", "bell\a", "\r\n", "\u0085", "\u2028", "\ufeff", "\u00a0", "ü", "日本語", "😀 wide", "e\u0301",
        "<<", "=", "key:", ":", "a,b", "y", "N", "~user", "/dev/null", "10.0.0.1", "::1", "fe80::1/64", "\0", "\u007f", "\u001b[31m",
    ];

    /// <summary>A module.</summary>
    public static StoredModule Make(Random random)
    {
        var content = new ContentBuilder();
        for (var section = random.Next(6); section > 0; section--)
        {
            Assert(content.AddSection(Pick(random, ["interface", "rule", "wifi-iface", "yes", "123"]), random.Next(2) == 0 ? null : $"{Pick(random, ["lan", "null", "no", "1e3", "_"])}{section}"));
            for (var option = random.Next(8); option > 0; option--)
            {
                Assert(content.AddOption($"{Pick(random, ["mtu", "on", "y", "0755", "name"])}{(option == 1 ? "" : option)}", Value(random)));
            }
        }

        for (var table = random.Next(3); table > 0; table--)
        {
            AddTable(content, $"t{table}", random);
        }

        return content.Content;
    }

    /// <summary>A string, sometimes of bytes that are no UTF-8.</summary>
    public static ConfigValue Text(Random random)
    {
        if (random.Next(4) > 0)
        {
            return ConfigValue.FromText(random.Next(3) > 0 ? Pick(random, Texts) : Pick(random, Texts) + Pick(random, Texts));
        }

        var bytes = new byte[random.Next(12)];
        random.NextBytes(bytes);
        return ConfigValue.FromBytes(bytes);
    }

    private static ConfigValue Value(Random random) => random.Next(8) switch
    {
        0 => ConfigValue.FromInt(random.NextInt64()),
        1 => ConfigValue.FromFloat(Float(random)),
        2 => ConfigValue.FromBool(random.Next(2) == 0),
        3 => ConfigValue.FromElements([.. Enumerable.Range(0, random.Next(4)).Select(_ => Text(random).Encoding)]),
        4 => ConfigValue.FromEncodings(ElementType.Int, [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => ConfigValue.FromInt(random.Next()).Encoding)]),
        _ => Text(random),
    };

    private static double Float(Random random) => random.Next(6) switch
    {
        0 => double.NaN,
        1 => double.NegativeInfinity,
        2 => 1000,
        3 => -0.0,
        _ => BitConverter.Int64BitsToDouble(random.NextInt64()) is var any && double.IsFinite(any) ? any : 0.1,
    };

    private static void AddTable(ContentBuilder content, string name, Random random)
    {
        Assert(content.AddTable(
            name,
            [
                new TableColumn("key", ElementType.String, 40, ColumnIndex.None),
                new TableColumn("on", ElementType.Bool, 1, ColumnIndex.None),
                new TableColumn("n", ElementType.Int, 4, ColumnIndex.Repeating),
                new TableColumn("f", ElementType.Float, 8, ColumnIndex.None),
                new TableColumn("text", ElementType.String, 200, ColumnIndex.None),
            ],
            "key"));
        for (var row = random.Next(4); row > 0; row--)
        {
            Assert(content.AddRow(new Dictionary<string, ConfigValue>
            {
                ["key"] = ConfigValue.FromText($"{row}"),
                ["on"] = ConfigValue.FromBool(random.Next(2) == 0),
                ["n"] = ConfigValue.FromInt(random.Next()),
                ["f"] = ConfigValue.FromFloat(Float(random)),
                ["text"] = Text(random),
            }));
        }
    }

    private static string Pick(Random random, string[] all) => all[random.Next(all.Length)];

    private static void Assert(Cms.Formats.Refusals.Refusal? refusal) => Xunit.Assert.Null(refusal);
}
