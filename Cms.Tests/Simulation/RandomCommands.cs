using System.Globalization;
using System.Text;
using Cms.Actors.Modules;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Tables;
using Cms.Formats.Uci;
using Cms.Storage.Journals;

namespace Cms.Tests.Simulation;

/// <summary>Makes up what a client asks of a module, from what it sees there, and says how the commit is told right.</summary>
/// <remarks>Every text that is set is used once, so that a text tells which request set it.</remarks>
internal sealed class RandomCommands(Random random, string client)
{
    private const string Counter = "sum";
    private const string CounterOption = "n";
    private const string Table = "t0";
    private const int ShortestText = 8;
    private int _texts;

    /// <summary>Something that changes a module.</summary>
    public AskedPart Next(string module, string requestId, IModuleView view)
    {
        var origin = new CommitOrigin(client, SimulatedClient.Gateway, requestId, requestId);
        var waits = random.Next(6) == 0;
        var part = random.Next(20) switch
        {
            0 or 1 or 2 => Add(module, origin, view, random.Next(1, 9)),
            3 => Import(module, origin),
            4 => Include(module, origin),
            5 or 6 => Delta(module, origin),
            7 or 8 or 9 => OfTable(module, origin, view),
            10 or 11 or 12 => Structure(module, origin, view),
            13 or 14 => OfList(module, origin),
            _ => Set(module, origin, view),
        };
        return part with { Command = part.Command! with { WaitForFile = waits } };
    }

    /// <summary>Adds to the module's counter what it is told, if nobody else has meanwhile.</summary>
    public static AskedPart Add(string module, CommitOrigin origin, IModuleView view, long amount)
    {
        var section = view.FindSection(Counter);
        var option = section is null ? null : view.FindOption(section.Id, CounterOption);
        var before = CounterOf(view);
        var selector = new SectionSelector.ByName(Counter);
        var edit = new ModuleCommand.Edit(origin,
        [
            new ModuleOperation.SetSection(selector, "counter"),
            new ModuleOperation.SetOption(selector, CounterOption, ConfigValue.FromInt(before + amount)) { Expected = option?.Changed ?? Revision.None },
        ]);
        return new AskedPart(module, edit, $"counter {before} -> {before + amount}")
        {
            Check = (ground, after) => CounterOf(ground) == before && CounterOf(after) == before + amount
                ? null : $"the counter went from {CounterOf(ground)} to {CounterOf(after)}",
        };
    }

    /// <summary>The same inside a transaction, which expects by itself what it has read.</summary>
    public static (IReadOnlyList<ModuleOperation> Operations, AskedPart Part) AddTo(string module, long before, long amount)
    {
        var selector = new SectionSelector.ByName(Counter);
        ModuleOperation[] operations =
            [new ModuleOperation.SetSection(selector, "counter"), new ModuleOperation.SetOption(selector, CounterOption, ConfigValue.FromInt(before + amount))];
        var part = Add(module, new CommitOrigin("", "", "", null), EmptyModuleView.Instance, amount);
        return (operations, part with
        {
            What = $"counter {before} -> {before + amount}",
            Check = (ground, after) => CounterOf(ground) == before && CounterOf(after) == before + amount
                ? null : $"the counter went from {CounterOf(ground)} to {CounterOf(after)}",
        });
    }

    /// <summary>What the counter of a module stands at.</summary>
    public static long CounterOf(IModuleView view) => view.FindSection(Counter) is { } section
        && view.FindOption(section.Id, CounterOption)?.Value is { } value && long.TryParse(value.ToString(), CultureInfo.InvariantCulture, out var count) ? count : 0;

    private AskedPart Set(string module, CommitOrigin origin, IModuleView view)
    {
        var (section, option, text) = (NextSection(), NextOption(), NextText());
        var selector = new SectionSelector.ByName(section);
        var set = new ModuleOperation.SetOption(selector, option, ConfigValue.FromText(text));
        var expects = random.Next(3) == 0;
        var known = view.FindSection(section) is { } found ? view.FindOption(found.Id, option)?.Changed : null;
        var expected = known ?? Revision.None;
        var edit = new ModuleCommand.Edit(origin,
            [new ModuleOperation.SetSection(selector, NextType()), expects ? set with { Expected = expected } : set]);
        return new AskedPart(module, edit, $"set {section}.{option}={Short(text)}" + (expects ? $" expecting {expected}" : ""))
        {
            Check = (before, after) => TextOf(after, section, option) != text ? $"{section}.{option} is {TextOf(after, section, option)}"
                : expects && ChangedOf(before, section, option) != expected ? $"{section}.{option} had been changed by {ChangedOf(before, section, option)}"
                : null,
        };
    }

    private AskedPart Structure(string module, CommitOrigin origin, IModuleView view)
    {
        var (section, option, other) = (NextSection(), NextOption(), NextSection());
        var selector = new SectionSelector.ByName(section);
        var expected = view.FindSection(section)?.Changed;
        ModuleOperation operation = random.Next(7) switch
        {
            0 => new ModuleOperation.AddSection(NextType(), random.Next(2) == 0 ? null : section, "key"),
            1 => new ModuleOperation.DeleteSection(selector),
            2 => new ModuleOperation.RenameSection(selector, other),
            3 => new ModuleOperation.MoveSection(selector, random.Next(4)) { Expected = random.Next(2) == 0 ? expected : null },
            4 => new ModuleOperation.DeleteOption(selector, option),
            5 => new ModuleOperation.RenameOption(selector, option, NextOption()),
            _ => new ModuleOperation.DeleteSection(new SectionSelector.ByIndex(NextType(), random.Next(3))),
        };
        return new AskedPart(module, new ModuleCommand.Edit(origin, [operation]), operation.ToString())
        {
            Check = (before, after) => operation is ModuleOperation.DeleteOption && TextOf(after, section, option) is not null ? $"{section}.{option} is still there"
                : operation is ModuleOperation.DeleteSection { Section: SectionSelector.ByName } && after.FindSection(section) is not null ? $"{section} is still there"
                : operation is ModuleOperation.AddSection && after.SectionCount != before.SectionCount + 1 ? $"there are {after.SectionCount} sections after {before.SectionCount}"
                : null,
        };
    }

    private AskedPart OfList(string module, CommitOrigin origin)
    {
        var (section, text) = (NextSection(), NextText());
        var selector = new SectionSelector.ByName(section);
        var edit = new ModuleCommand.Edit(origin,
            [new ModuleOperation.SetSection(selector, "many"), new ModuleOperation.AddToList(selector, "list", ConfigValue.FromText(text))]);
        return new AskedPart(module, edit, $"append {Short(text)} to {section}.list")
        {
            Check = (before, after) => ListOf(after, section).SequenceEqual([.. ListOf(before, section), text])
                ? null : $"the list is {string.Join(' ', ListOf(after, section).Select(Short))}",
        };
    }

    private AskedPart Delta(string module, CommitOrigin origin)
    {
        var (section, option, text) = (NextSection(), NextOption(), NextText());
        var delta = Encoding.UTF8.GetBytes($"{module}.{section}='{NextType()}'\n{module}.{section}.{option}='{text}'\n");
        return new AskedPart(module, new ModuleCommand.ApplyDelta(origin, module, delta), $"uci commit of {section}.{option}={Short(text)}")
        {
            Check = (_, after) => TextOf(after, section, option) == text ? null : $"{section}.{option} is {TextOf(after, section, option)}",
        };
    }

    private AskedPart Import(string module, CommitOrigin origin)
    {
        var content = NextContent(module);
        return new AskedPart(module, new ModuleCommand.Replace(origin, content), $"import of {content.SectionCount} sections")
        {
            Check = (_, after) => ContentAssert.Difference(content, after),
        };
    }

    private AskedPart Include(string module, CommitOrigin origin)
    {
        var content = NextContent(module);
        return new AskedPart(module, new ModuleCommand.Include(origin, content), $"inclusion of {content.SectionCount} sections")
        {
            Check = (_, after) => content.Sections().Where(section => section.Name is not null).All(section => after.FindSection(section.Name!) is not null)
                ? null : "a section is missing",
        };
    }

    private AskedPart OfTable(string module, CommitOrigin origin, IModuleView view)
    {
        var row = new Dictionary<string, ConfigValue> { ["id"] = ConfigValue.FromInt(random.Next(8)), ["text"] = ConfigValue.FromText(NextText()[..ShortestText]) };
        var key = new Dictionary<string, ConfigValue> { ["id"] = row["id"] };
        ModuleOperation operation = view.FindTable(Table) is null
            ? new ModuleOperation.CreateTable(
                Table, [new("id", ElementType.Int, 4, ColumnIndex.None), new("text", ElementType.String, 20, random.Next(2) == 0 ? ColumnIndex.None : ColumnIndex.Unique)], "id")
            : random.Next(9) switch
            {
                0 => new ModuleOperation.DropTable(Table),
                1 or 2 => new ModuleOperation.DeleteRow(Table, key),
                3 or 4 => new ModuleOperation.UpdateRow(Table, row),
                _ => new ModuleOperation.InsertRow(Table, row),
            };
        return new AskedPart(module, new ModuleCommand.Edit(origin, [operation]), $"{operation.GetType().Name} {row["id"]}")
        {
            Check = (before, after) => RowsOf(after) - RowsOf(before) is var more && operation switch
            {
                ModuleOperation.InsertRow => more == 1,
                ModuleOperation.DeleteRow => more == -1,
                ModuleOperation.UpdateRow => more == 0,
                ModuleOperation.CreateTable => after.FindTable(Table) is not null,
                _ => after.FindTable(Table) is null,
            } ? null : $"there are {RowsOf(after)} rows after {RowsOf(before)}",
        };
    }

    private UciPackage NextContent(string module)
    {
        var text = new StringBuilder();
        for (var count = random.Next(1, 5); count > 0; count--)
        {
            text.Append(CultureInfo.InvariantCulture, $"config {NextType()}{(random.Next(3) == 0 ? "" : $" 'i{count}'")}\n\toption o0 '{NextText()}'\n\tlist list '{NextText()}'\n\n");
        }

        return UciPackage.Parse(module, Encoding.UTF8.GetBytes(text.ToString()), UciReaderOptions.Default);
    }

    private string NextSection() => $"s{random.Next(5)}";

    private string NextOption() => $"o{random.Next(4)}";

    private string NextType() => $"type{random.Next(3)}";

    private string NextText()
    {
        var text = $"{client}-{++_texts}-";
        return text + new string('x', random.Next(12) == 0 ? Math.Max(ShortestText, random.Next(6000)) : random.Next(ShortestText, 20));
    }

    private static string Short(string text) => text.Length <= 24 ? text : $"{text[..12]}..({text.Length})";

    private static int RowsOf(IModuleView view) => view.Rows(Table).Count();

    private static string? TextOf(IModuleView view, string section, string option) =>
        view.FindSection(section) is { } found ? view.FindOption(found.Id, option)?.Value.ToString() : null;

    private static Revision ChangedOf(IModuleView view, string section, string option) =>
        (view.FindSection(section) is { } found ? view.FindOption(found.Id, option)?.Changed : null) ?? Revision.None;

    private static IReadOnlyList<string> ListOf(IModuleView view, string section) =>
        view.FindSection(section) is { } found && view.FindOption(found.Id, "list")?.Value is { } list ? [.. list.Elements().Select(text => Encoding.UTF8.GetString(text.Span))] : [];
}
