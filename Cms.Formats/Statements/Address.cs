using System.Text;
using Cms.Formats.Edits;
using Cms.Formats.Refusals;
using Cms.Formats.Uci;

namespace Cms.Formats.Statements;

/// <summary>An address as a statement has it: <c>module[.section[.option]][=value]</c>.</summary>
/// <param name="Module">The module's name.</param>
/// <param name="Section">What stands in the place of the section, or null.</param>
/// <param name="Option">The option's name, or null.</param>
/// <param name="Value">The bytes behind the first =, a slice of what was parsed; null when there is no =.</param>
public sealed record Address(string Module, string? Section, string? Option, ReadOnlyMemory<byte>? Value)
{
    /// <summary>Takes an argument apart.</summary>
    /// <exception cref="RefusedException">It breaks a rule; the message names it.</exception>
    public static Address Parse(ReadOnlyMemory<byte> argument)
    {
        var parsed = UciAddress.TryParse(argument)
            ?? throw Illegal(Encoding.UTF8.GetString(argument.Span), "use module.section.option, with names of letters, digits and _, and values without control characters");
        return parsed.Section is "" || (parsed.Package.Contains('/', StringComparison.Ordinal))
            ? throw Illegal(Encoding.UTF8.GetString(argument.Span), "a name is missing, or the module holds a slash")
            : new Address(parsed.Package, parsed.Section, parsed.Option, parsed.Value);
    }

    /// <summary>How the section is named.</summary>
    /// <exception cref="RefusedException">There is none, or it is not legal.</exception>
    public SectionSelector Selector => SectionSelector.Parse(Section ?? throw Illegal(Module, "name a section: module.section"));

    /// <summary>The option.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public string NeedOption() => Option ?? throw Illegal($"{Module}.{Section}", "name an option: module.section.option");

    /// <summary>The bytes behind the first =.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public ReadOnlyMemory<byte> NeedValue() => Value ?? throw Illegal(Format(), "a value is missing: add =value");

    /// <summary>The value as a name or number.</summary>
    public string NeedText() => Encoding.UTF8.GetString(NeedValue().Span);

    /// <summary>Refuses a value where none belongs.</summary>
    public Address WithoutValue() => Value is null ? this : throw Illegal(Format(), "no value belongs here");

    /// <summary>The path without the value.</summary>
    public string Format() => string.Join('.', new[] { Module, Section, Option }.OfType<string>());

    private static RefusedException Illegal(string text, string rule) =>
        new(ErrorCode.InvalidArgument, $"the address '{text}' is not legal: {rule}");
}
