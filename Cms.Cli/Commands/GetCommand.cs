using Cms.Client.Wire;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Statements;

namespace Cms.Cli.Commands;

/// <summary>Prints values, or their types, of one address or several; from the segment, no daemon needed but for the past.</summary>
internal sealed class GetCommand(CommandContext context, GetRequest request)
{
    private static readonly ConfigValueConverter Values = new();

    /// <summary>Prints a line for each address, in their order; nothing when one of them is missing.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var values = new List<ConfigValue>(request.Addresses.Count);
        foreach (var address in request.Addresses)
        {
            values.Add(await FindAsync(address, cancellation));
        }

        if (context.Output.IsJson)
        {
            PrintJson(values);
            return;
        }

        values.ForEach(value => ReadCommands.Print(context, value));
    }

    private async Task<ConfigValue> FindAsync(Address address, CancellationToken cancellation)
    {
        try
        {
            if (request.Revision is { } revision)
            {
                var view = await HistoryCommands.PastAsync(context, address.WithoutValue().Module, revision, cancellation, request.Reveals);
                return Find(view, SectionLookup.Find(view, address.Selector), address) ?? throw ReadCommands.MissingAt(address, revision);
            }

            var session = context.Session(address.WithoutValue().Module);
            if (request.Reveals)
            {
                await session.RevealAsync(context.Client, cancellation);
            }

            return session.Read(() => request.IsCommitted
                ? Find(session.Committed, SectionLookup.Find(session.Committed, address.Selector), address)
                : Find(session.Staged, session.Find(address.Selector), address)) ?? throw ReadCommands.Missing(address);
        }
        catch (RefusedException refused) when (refused.Refusal.Code == ErrorCode.NotFound && request.Default is not null)
        {
            return request.WantsTypes ? ConfigValue.FromText(ValueTypes.Of(request.Default)) : request.Default;
        }
    }

    private ConfigValue? Find(IModuleView view, SectionView? section, Address address)
    {
        if (section is null || address.Option is not { } option)
        {
            return section is null ? null : ConfigValue.FromText(request.WantsTypes ? "section" : section.Type);
        }

        var value = view.FindOption(section.Id, option)?.Value ?? SchemaDefaults.Of(view).Find(section.Type, option);
        return value is null || !request.WantsTypes ? value : ConfigValue.FromText(ValueTypes.Find(view, section.Type, option, value));
    }

    private void PrintJson(List<ConfigValue> values) => context.Output.WriteJson(json =>
    {
        if (values.Count == 1)
        {
            Values.Write(json, values[0], WireJson.Default.Options);
            return;
        }

        json.WriteStartObject();
        for (var index = 0; index < values.Count; index++)
        {
            json.WritePropertyName(request.Addresses[index].Format());
            Values.Write(json, values[index], WireJson.Default.Options);
        }

        json.WriteEndObject();
    });
}
