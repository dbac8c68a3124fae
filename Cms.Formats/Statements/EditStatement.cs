using System.Globalization;
using System.Text;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Formats.Statements;

/// <summary>The statements that change a module, as <c>cms</c> takes them, to the operations that they ask for.</summary>
public static class EditStatement
{
    /// <summary>The statements that <see cref="Parse"/> takes.</summary>
    public const string Names = "set, add, add_list, del_list, delete, rename, reorder, table";

    private const int FewestTableWords = 3;

    /// <summary>The module and the operation of a statement.</summary>
    /// <param name="words">The statement's name and its arguments; nothing of them is kept.</param>
    /// <param name="key">What the operation calls a section that <c>add</c> makes; unique in the request.</param>
    /// <exception cref="RefusedException">It is no such statement; the message names the rule.</exception>
    public static (string Module, ModuleOperation Operation) Parse(IReadOnlyList<ReadOnlyMemory<byte>> words, string key)
    {
        var name = words[0].Span;
        if (name.SequenceEqual("table"u8) && words.Count >= FewestTableWords)
        {
            return TableStatement.Parse(Text(words[1]), Text(words[2]), [.. words.Skip(FewestTableWords).Select(Text)]);
        }

        if (name.SequenceEqual("add"u8) && words.Count == 3)
        {
            return (Text(words[1]), new ModuleOperation.AddSection(Text(words[2]), null, key));
        }

        var parse = Find(name) ?? throw new RefusedException(
            ErrorCode.InvalidArgument, $"'{Text(words[0])}' is no statement that changes a module; use {Names}");
        if (words.Count != 2 || name.SequenceEqual("add"u8))
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"'{Text(words[0])}' does not take {words.Count - 1} arguments; quote a value that holds blanks");
        }

        var address = Address.Parse(words[1]);
        return (address.Module, parse(address));
    }

    /// <summary>Gives an option a value, or a section a type.</summary>
    public static ModuleOperation Set(Address address) => address.Option is { } option
        ? new ModuleOperation.SetOption(address.Selector, option, Value(address))
        : new ModuleOperation.SetSection(address.Selector, address.NeedText());

    /// <summary>Appends an element to a list.</summary>
    public static ModuleOperation AddToList(Address address) => new ModuleOperation.AddToList(address.Selector, address.NeedOption(), Value(address));

    /// <summary>Removes all equal elements of a list.</summary>
    public static ModuleOperation RemoveFromList(Address address) => new ModuleOperation.RemoveFromList(address.Selector, address.NeedOption(), Value(address));

    /// <summary>Removes a section, an option, or the element of a list that the value counts.</summary>
    public static ModuleOperation Delete(Address address) => (address.Option, address.Value) switch
    {
        (null, _) => new ModuleOperation.DeleteSection(address.WithoutValue().Selector),
        ({ } option, null) => new ModuleOperation.DeleteOption(address.Selector, option),
        ({ } option, _) => new ModuleOperation.DeleteElement(address.Selector, option, Number(address)),
    };

    /// <summary>Gives a section or an option another name.</summary>
    public static ModuleOperation Rename(Address address) => address.Option is { } option
        ? new ModuleOperation.RenameOption(address.Selector, option, address.NeedText())
        : new ModuleOperation.RenameSection(address.Selector, address.NeedText());

    /// <summary>Moves a section.</summary>
    public static ModuleOperation Reorder(Address address) => address.Option is null
        ? new ModuleOperation.MoveSection(address.Selector, Number(address))
        : throw new RefusedException(ErrorCode.InvalidArgument, $"'{address.Format()}' is an option; only sections are reordered: module.section=place");

    private static Func<Address, ModuleOperation>? Find(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("set"u8) ? Set
        : name.SequenceEqual("add_list"u8) ? AddToList
        : name.SequenceEqual("del_list"u8) ? RemoveFromList
        : name.SequenceEqual("delete"u8) ? Delete
        : name.SequenceEqual("rename"u8) ? Rename
        : name.SequenceEqual("reorder"u8) ? Reorder
        : name.SequenceEqual("add"u8) || name.SequenceEqual("table"u8) ? Set
        : null;

    private static ConfigValue Value(Address address) => ConfigValue.FromBytes(address.NeedValue().Span);

    private static int Number(Address address) =>
        int.TryParse(address.NeedText(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new RefusedException(ErrorCode.InvalidArgument, $"'{address.NeedText()}' is no place: use a number from 0 upwards");

    private static string Text(ReadOnlyMemory<byte> word) => Encoding.UTF8.GetString(word.Span);
}
