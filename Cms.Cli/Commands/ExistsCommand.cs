using Cms.Formats.Edits;
using Cms.Formats.Refusals;
using Cms.Formats.Statements;

namespace Cms.Cli.Commands;

/// <summary>Tells by the exit code whether a module, section, option or table is there, and prints nothing.</summary>
internal static class ExistsCommand
{
    /// <summary>Looks.</summary>
    /// <returns>As that of a refusal for what is not found when it is not there.</returns>
    public static int Run(CommandContext context, Address address, bool isCommitted)
    {
        var isThere = IsThere(context, address.WithoutValue(), isCommitted);
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(json => json.WriteBooleanValue(isThere));
        }

        return isThere ? ExitCodes.Success : ErrorCodes.Of(ErrorCode.NotFound).ExitCode;
    }

    private static bool IsThere(CommandContext context, Address address, bool isCommitted)
    {
        try
        {
            var session = context.Session(address.Module);
            return address.Section is null || session.Read(() =>
            {
                var view = isCommitted ? session.Committed : session.Staged;
                var section = isCommitted ? SectionLookup.Find(view, address.Selector) : session.Find(address.Selector);
                return address.Option is { } option ? section is not null && view.FindOption(section.Id, option) is not null
                    : section is not null || view.FindTable(address.Section) is not null;
            });
        }
        catch (RefusedException missing) when (missing.Refusal.Code == ErrorCode.NotFound)
        {
            return false;
        }
    }
}
