using System.CommandLine;
using Cms.Cli.Texts;
using Cms.Formats.Edits;
using Cms.Formats.Refusals;
using Cms.Formats.Segments;
using Cms.Formats.Statements;

namespace Cms.Cli.Help;

/// <summary>Says what the user may have meant by an address of something that is not there.</summary>
internal static class AddressAdvice
{
    // A module may hold a million sections; a guess is not worth a wait.
    private const int MaxNames = 20_000;

    /// <summary>Adds to a refusal what may have been meant.</summary>
    public static Refusal AddTo(Refusal refusal, CommandContext context, ParseResult parsed)
    {
        if (refusal.Code != ErrorCode.NotFound || AddressOf(parsed) is not { } address)
        {
            return refusal;
        }

        try
        {
            return Nearest(context, address) is { } meant && meant != address.Format()
                ? refusal with { Message = $"{refusal.Message}; {Text.Of("advice.nearest", meant)}" }
                : refusal;
        }
        catch (Exception failure) when (failure is RefusedException or SegmentException or SnapshotTooOldException or IOException)
        {
            // What is refused is said all the same, without the guess.
            return refusal;
        }
    }

    private static Address? AddressOf(ParseResult parsed)
    {
        foreach (var argument in parsed.CommandResult.Command.Arguments.OfType<Argument<string>>())
        {
            if (argument.Name is Arguments.AddressName or Arguments.ModuleName && parsed.GetValue(argument) is { } text)
            {
                return Arguments.Parse(text);
            }
        }

        // Of several it is not known which is missing.
        return parsed.CommandResult.Command.Arguments.OfType<Argument<string[]>>().FirstOrDefault(argument => argument.Name == Arguments.AddressName) is { } many
            && parsed.GetValue(many) is [var only]
            ? Arguments.Parse(only)
            : null;
    }

    private static string? Nearest(CommandContext context, Address address)
    {
        var modules = context.Modules();
        if (!modules.Contains(address.Module))
        {
            return NearestName.Find(address.Module, modules);
        }

        if (address.Section is null)
        {
            return null;
        }

        var view = context.Session(address.Module).Staged;
        var isThere = address.Section.StartsWith('@') || view.FindSection(address.Section) is not null;
        var section = isThere ? address.Section : NearestName.Find(address.Section, view.Sections().Take(MaxNames).Select(each => each.Name).OfType<string>());
        if (section is null || address.Option is null)
        {
            return section is null ? null : $"{address.Module}.{section}";
        }

        var meant = address with { Section = section };
        var found = SectionLookup.Find(view, meant.Selector);
        var option = found is null ? null
            : view.FindOption(found.Id, address.Option) is not null ? address.Option
            : NearestName.Find(address.Option, view.Options(found.Id).Take(MaxNames).Select(each => each.Name));
        return option is null ? (isThere ? null : $"{address.Module}.{section}") : (meant with { Option = option }).Format();
    }
}
