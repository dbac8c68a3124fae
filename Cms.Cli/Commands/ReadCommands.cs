using System.Text.Json;
using Cms.Cli.Texts;
using Cms.Client.Wire;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Statements;

namespace Cms.Cli.Commands;

/// <summary>show: from the segment and the session, no daemon needed but for the past.</summary>
internal static class ReadCommands
{
    private static readonly ConfigValueConverter Values = new();

    /// <summary>Prints a module, section or option as it was at a revision.</summary>
    public static async Task ShowAtAsync(CommandContext context, Address address, long revision, CancellationToken cancellation, bool reveals = false)
    {
        var view = await HistoryCommands.PastAsync(context, address.WithoutValue().Module, revision, cancellation, reveals);
        Show(context, view, address.Module, address, defaults: null, _ => SectionLookup.Find(view, address.Selector) ?? throw MissingAt(address, revision));
    }

    /// <summary>Prints modules, a section or an option.</summary>
    /// <param name="context">The invocation.</param>
    /// <param name="address">What; null for every module.</param>
    /// <param name="isCommitted">Whether what is staged is left out.</param>
    /// <param name="hasDefaults">Whether the options that have a default and are not set are printed as well, and marked.</param>
    public static void Show(CommandContext context, Address? address, bool isCommitted, bool hasDefaults)
    {
        foreach (var module in address is null ? context.Modules() : [address.WithoutValue().Module])
        {
            var session = context.Session(module);
            session.Read(() =>
            {
                context.Output.Discard();
                var view = isCommitted ? session.Committed : session.Staged;
                Show(context, view, module, address, hasDefaults ? SchemaDefaults.Of(view) : null, each => Find(session, view, each));
                return true;
            });
            context.Output.Flush();
        }
    }

    private static SectionView Find(ModuleSession session, IModuleView view, Address address) =>
        session.Find(address.Selector) is { } found && view.FindSection(found.Id) is { } section ? section : throw Missing(address);

    /// <summary>Why something cannot be printed that is not there.</summary>
    internal static RefusedException Missing(Address address) =>
        new(ErrorCode.NotFound, Text.Of("missing.path", address.Format(), address.Module));

    /// <summary>Why something cannot be printed that was not there.</summary>
    internal static RefusedException MissingAt(Address address, long revision) =>
        new(ErrorCode.NotFound, $"there was no {address.Format()} at revision {revision}; see cms show {address.Module} --revision {revision}");

    /// <summary>Prints a value, the elements of a list apart by blanks.</summary>
    internal static void Print(CommandContext context, ConfigValue value)
    {
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(json => Values.Write(json, value, WireJson.Default.Options));
            return;
        }

        for (var index = 0; index < value.Count; index++)
        {
            context.Output.Write(index == 0 ? ""u8 : " "u8);
            context.Output.Write(value.GetBytes(index).Span);
        }

        context.Output.WriteLine();
    }

    private static void Show(CommandContext context, IModuleView view, string module, Address? address, SchemaDefaults? defaults, Func<Address, SectionView> find)
    {
        if (context.Output.IsJson && address?.Section is null)
        {
            context.Output.WriteJson(json => WriteModule(json, module, view, defaults));
            return;
        }

        if (address?.Section is null)
        {
            foreach (var (section, name) in SectionLookup.DescribeAll(view))
            {
                ShowSection(context, view, section, $"{module}.{name}", defaults);
            }

            return;
        }

        var found = find(address);
        if (address.Option is { } option)
        {
            var value = view.FindOption(found.Id, option)?.Value;
            var isDefault = value is null;
            value ??= SchemaDefaults.Of(view).Find(found.Type, option) ?? throw Missing(address);
            ShowOption(context, $"{module}.{address.Section}", option, value, isDefault);
        }
        else if (context.Output.IsJson)
        {
            context.Output.WriteJson(json => WriteSection(json, view, found, defaults));
        }
        else
        {
            ShowSection(context, view, found, $"{module}.{address.Section}", defaults);
        }
    }

    private static void ShowSection(CommandContext context, IModuleView view, SectionView section, string path, SchemaDefaults? defaults)
    {
        context.Output.WriteLine($"{path}={section.Type}");
        foreach (var option in view.Options(section.Id))
        {
            ShowOption(context, path, option.Name, option.Value, isDefault: false);
        }

        foreach (var (option, value) in defaults?.Missing(view, section) ?? [])
        {
            ShowOption(context, path, option, value, isDefault: true);
        }
    }

    private static void ShowOption(CommandContext context, string path, string option, ConfigValue value, bool isDefault)
    {
        if (context.Output.IsJson)
        {
            Print(context, value);
            return;
        }

        context.Output.Write($"{path}.{option}=");
        context.Output.WriteQuoted(value);
        context.Output.WriteLine(isDefault ? " # default" : "");
    }

    private static void WriteModule(Utf8JsonWriter json, string module, IModuleView view, SchemaDefaults? defaults)
    {
        json.WriteStartObject();
        json.WriteString("module", module);
        json.WriteNumber("revision", view.Revision.Value);
        json.WriteStartArray("sections");
        foreach (var section in view.Sections())
        {
            WriteSection(json, view, section, defaults);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSection(Utf8JsonWriter json, IModuleView view, SectionView section, SchemaDefaults? defaults)
    {
        json.WriteStartObject();
        json.WriteNumber("id", section.Id.Value);
        json.WriteString("type", section.Type);
        if (section.Name is not null)
        {
            json.WriteString("name", section.Name);
        }

        json.WriteStartObject("options");
        foreach (var option in view.Options(section.Id))
        {
            json.WritePropertyName(option.Name);
            Values.Write(json, option.Value, WireJson.Default.Options);
        }

        json.WriteEndObject();
        if (defaults is not null)
        {
            json.WriteStartObject("defaults");
            foreach (var (option, value) in defaults.Missing(view, section))
            {
                json.WritePropertyName(option);
                Values.Write(json, value, WireJson.Default.Options);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
