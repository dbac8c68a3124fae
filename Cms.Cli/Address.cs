using System.Text;
using Cms.Client.Wire;
using Cms.Formats.Edits;
using Cms.Formats.Refusals;
using Cms.Formats.Uci;

namespace Cms.Cli;

/// <summary>An address on the command line: <c>module[.section[.option]][=value]</c>.</summary>
internal sealed record Address(string Module, string? Section, string? Option, ReadOnlyMemory<byte>? Value)
{
    /// <summary>Takes an argument apart.</summary>
    /// <exception cref="RefusedException">It breaks a rule; the message names it.</exception>
    public static Address Parse(ReadOnlyMemory<byte> argument)
    {
        var text = Encoding.UTF8.GetString(argument.Span);
        var parsed = UciAddress.TryParse(argument)
            ?? throw Illegal(text, "use module.section.option, with names of letters, digits and _, and values without control characters");
        return parsed.Section is "" || (parsed.Package.Contains('/', StringComparison.Ordinal))
            ? throw Illegal(text, "a name is missing, or the module holds a slash")
            : new Address(parsed.Package, parsed.Section, parsed.Option, parsed.Value);
    }

    /// <summary>How the section is named.</summary>
    /// <exception cref="RefusedException">There is none, or it is not legal.</exception>
    public SectionSelector Selector => OperationMapper.ParseSelector(Section ?? throw Illegal(Module, "name a section: module.section"));

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
