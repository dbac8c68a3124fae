using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Segments;
using Cms.Formats.Statements;

namespace Cms.Cli.Completion;

/// <summary>Completes addresses from the segments and what the user has staged; no daemon is asked.</summary>
/// <param name="context">The node.</param>
/// <param name="budget">How much may be looked at.</param>
internal sealed class AddressCompletion(CommandContext context, CompletionBudget budget)
{
    // What a name may go on with; where a module has too many names to look at, these are tried one by one.
    private const string NameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// <summary>Module names.</summary>
    /// <param name="typed">The word so far.</param>
    /// <param name="ending">What follows a module at once; empty when it stands alone.</param>
    public IEnumerable<Candidate> Modules(string typed, string ending = "") =>
        budget.Take(context.Modules(), name => name.StartsWith(typed, StringComparison.Ordinal)).Select(name => new Candidate(name + ending));

    /// <summary>Addresses: a module, then its sections, then their options, then a value.</summary>
    /// <param name="typed">The word so far.</param>
    /// <param name="valueEnding">What follows an option: an equals sign where a value is wanted, else nothing.</param>
    public IEnumerable<Candidate> Addresses(string typed, string valueEnding)
    {
        if (typed.IndexOf('=', StringComparison.Ordinal) is var equals and > 0)
        {
            return Values(typed[..(equals + 1)], typed[(equals + 1)..]);
        }

        var parts = typed.Split('.', 3);
        return parts switch
        {
            [var module] => Modules(module, "."),
            [var module, var section] => Look(module, view => Sections(view, $"{module}.", section)),
            _ => Look(parts[0], view => Options(view, $"{parts[0]}.{parts[1]}.", parts[1], parts[2], valueEnding)),
        };
    }

    /// <summary>Tables as <c>module.table</c>.</summary>
    public IEnumerable<Candidate> Tables(string typed) => typed.Split('.', 2) is [var module, var table]
        ? Look(module, view => budget.Take(view.Tables(), each => each.Schema is not null && each.Name.StartsWith(table, StringComparison.Ordinal)).Select(each => new Candidate($"{module}.{each.Name}")))
        : Modules(typed, ".");

    /// <summary>The types of a module's sections.</summary>
    public IEnumerable<Candidate> Types(string module, string typed) => Look(module, view =>
        budget.Take(view.Sections().Select(section => section.Type).Concat(SchemaTable.TryReadSchema(view)?.Types.Select(type => type.Type) ?? []).Distinct(), type => type.StartsWith(typed, StringComparison.Ordinal))
            .Select(type => new Candidate(type)));

    private IEnumerable<Candidate> Sections(IModuleView view, string before, string typed)
    {
        var sections = budget.Take(view.Sections(), section => section.Name?.StartsWith(typed, StringComparison.Ordinal) == true);
        var names = sections.Select(section => new Candidate(before + section.Name, section.Type)).ToList();
        if (budget.IsSpent)
        {
            names.AddRange(Tried(typed, name => view.FindSection(name) is not null).Select(name => new Candidate(before + name)));
            names.Add(new Candidate(before + typed));
        }

        if (typed.StartsWith('@'))
        {
            names.AddRange(budget.Take(SectionLookup.DescribeAll(view), each => each.Name.StartsWith(typed, StringComparison.Ordinal))
                .Select(each => new Candidate(before + each.Name)));
        }

        return FindSection(view, typed) is null ? names : names.Append(new Candidate($"{before}{typed}."));
    }

    private IEnumerable<Candidate> Options(IModuleView view, string before, string section, string typed, string ending)
    {
        if (FindSection(view, section) is not { } found)
        {
            return [];
        }

        var options = budget.Take(view.Options(found.Id), option => option.Name.StartsWith(typed, StringComparison.Ordinal));
        var names = options.Select(option => option.Name).ToList();
        if (budget.IsSpent)
        {
            names.AddRange(Tried(typed, name => view.FindOption(found.Id, name) is not null));
            names.Add(typed);
        }

        var fields = SchemaTable.TryReadSchema(view)?.FindType(found.Type)?.Fields ?? [];
        if (ending.Length > 0)
        {
            names.AddRange(fields.Select(field => field.Name).Where(name => name.StartsWith(typed, StringComparison.Ordinal)));
        }

        return names.Distinct().Select(name => new Candidate(before + name + ending, fields.FirstOrDefault(field => field.Name == name)?.Description ?? ""));
    }

    private IEnumerable<Candidate> Values(string before, string typed) => before[..^1].Split('.', 3) is [var module, var section, var option]
        ? Look(module, view => Values(view, section, option).Where(value => value.StartsWith(typed, StringComparison.Ordinal)).Select(value => new Candidate(before + value)))
        : before[..^1].Split('.') is [var whole, _] ? Types(whole, typed).Select(type => type with { Text = before + type.Text }) : [];

    private static IEnumerable<string> Values(IModuleView view, string section, string option)
    {
        if (FindSection(view, section) is not { } found)
        {
            return [];
        }

        var field = SchemaTable.TryReadSchema(view)?.FindField(found.Type, option);
        if (field is { IsSecret: true })
        {
            return [];
        }

        return field is { Values.Count: > 0 } ? field.Values
            : field is { ElementType: ElementType.Bool } ? ["0", "1"]
            : view.FindOption(found.Id, option)?.Value is { } value ? [value.GetText()] : [];
    }

    private static SectionView? FindSection(IModuleView view, string section)
    {
        try
        {
            return section.Length == 0 ? null : SectionLookup.Find(view, new Address("module", section, null, null).Selector);
        }
        catch (RefusedException)
        {
            // It is not all typed yet.
            return null;
        }
    }

    private static IEnumerable<string> Tried(string typed, Func<string, bool> isThere) =>
        NameCharacters.Select(character => typed + character).Prepend(typed).Where(name => name.Length > 0 && isThere(name));

    // What cannot be read has nothing to offer; the command itself will say why.
    private IReadOnlyList<Candidate> Look(string module, Func<IModuleView, IEnumerable<Candidate>> complete)
    {
        try
        {
            return context.Modules().Contains(module) ? [.. complete(context.Session(module).Staged)] : [];
        }
        catch (Exception failure) when (failure is RefusedException or SegmentException or SnapshotTooOldException or IOException or UnauthorizedAccessException or FormatException)
        {
            return [];
        }
    }
}
