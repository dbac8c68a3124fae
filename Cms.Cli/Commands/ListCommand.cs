using System.Globalization;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Statements;

namespace Cms.Cli.Commands;

/// <summary>Prints the names of modules, sections or options, one a line.</summary>
internal sealed class ListCommand(CommandContext context)
{
    /// <summary>Only sections of this type; null for all.</summary>
    public string? Type { get; init; }

    /// <summary>Whether to say what each of them is and how much is in it.</summary>
    public bool IsLong { get; init; }

    /// <summary>Whether what is staged is left out.</summary>
    public bool IsCommitted { get; init; }

    /// <summary>Prints.</summary>
    /// <param name="address">A module or section; null for all modules.</param>
    public void Run(Address? address)
    {
        if (Type is not null && address is not { Section: null })
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"--type goes with a module, whose sections are listed: cms list MODULE --type {Type}");
        }

        if (address?.Option is not null)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"an option has no names in it; use cms get {address.Format()}");
        }

        var rows = address is null
            ? context.Modules().Select(module => IsLong ? OfModule(module) : new ListRow(module, [])).ToList()
            : Read(address.WithoutValue().Module, view => address.Section is null ? Sections(view).ToList() : [.. Options(view, address)]);
        Print(rows);
    }

    private T Read<T>(string module, Func<IModuleView, T> read)
    {
        var session = context.Session(module);
        return session.Read(() => read(IsCommitted ? session.Committed : session.Staged));
    }

    private ListRow OfModule(string module) => Read(module, view => new ListRow(module,
    [
        new("revision", $"revision {view.Revision}", json => json.WriteNumberValue(view.Revision.Value)),
        Count("sections", "section", view.SectionCount),
        Count("tables", "table", view.Tables().Count(table => table.Name != SchemaTable.Name)),
    ]));

    private IEnumerable<ListRow> Sections(IModuleView view)
    {
        foreach (var (section, name) in SectionLookup.DescribeAll(view))
        {
            if (Type is null || section.Type == Type)
            {
                yield return new ListRow(name, !IsLong ? [] :
                [
                    new("type", section.Type, json => json.WriteStringValue(section.Type)),
                    Count("options", "option", view.Options(section.Id).Count()),
                ]);
            }
        }
    }

    private IEnumerable<ListRow> Options(IModuleView view, Address address)
    {
        var found = IsCommitted ? SectionLookup.Find(view, address.Selector) : context.Session(address.Module).Find(address.Selector);
        var section = found ?? throw ReadCommands.Missing(address);
        foreach (var option in view.Options(section.Id))
        {
            var type = !IsLong ? "" : ValueTypes.Find(view, section.Type, option.Name, option.Value);
            yield return new ListRow(option.Name, !IsLong ? [] :
            [
                new("type", type, json => json.WriteStringValue(type)),
                Count("elements", "element", option.Value.Count),
            ]);
        }
    }

    private static ListCell Count(string key, string noun, int count) => new(
        key, string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? noun : noun + "s")}"), json => json.WriteNumberValue(count));

    private void Print(IReadOnlyList<ListRow> rows)
    {
        if (context.Output.IsJson)
        {
            PrintJson(rows);
            return;
        }

        var widths = IsLong && rows.Count > 0
            ? Enumerable.Range(0, rows[0].Cells.Count).Select(column => rows.Max(row => row.Cells[column].Text.Length)).Prepend(rows.Max(row => row.Name.Length)).ToList()
            : [0];
        foreach (var row in rows)
        {
            var cells = row.Cells.Select(cell => cell.Text).Prepend(row.Name).Select((text, column) => text.PadRight(widths[column]));
            context.Output.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }

    private void PrintJson(IReadOnlyList<ListRow> rows) => context.Output.WriteJson(json =>
    {
        json.WriteStartArray();
        foreach (var row in rows)
        {
            if (!IsLong)
            {
                json.WriteStringValue(row.Name);
                continue;
            }

            json.WriteStartObject();
            json.WriteString("name", row.Name);
            foreach (var cell in row.Cells)
            {
                json.WritePropertyName(cell.Key);
                cell.Write(json);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private sealed record ListRow(string Name, IReadOnlyList<ListCell> Cells);

    private sealed record ListCell(string Key, string Text, Action<System.Text.Json.Utf8JsonWriter> Write);
}
