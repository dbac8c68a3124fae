using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Cli.Commands;

/// <summary>set, add, add_list, del_list, delete, rename and reorder: each stages one operation in the caller's session.</summary>
internal static class StageCommands
{
    private const int KeyBytes = 4;

    public static void Set(CommandContext context, Address address)
    {
        var value = address.NeedValue();
        Stage(context, address, address.Option is { } option
            ? new ModuleOperation.SetOption(address.Selector, option, ConfigValue.FromBytes(value.Span))
            : new ModuleOperation.SetSection(address.Selector, Encoding.UTF8.GetString(value.Span)));
    }

    /// <summary>Prints the name by which the session knows the new section until it is committed.</summary>
    public static void Add(CommandContext context, string module, string type)
    {
        var key = "new" + RandomNumberGenerator.GetHexString(KeyBytes * 2, lowercase: true);
        context.Session(module).Stage(new ModuleOperation.AddSection(type, null, key));
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(json => json.WriteStringValue(key));
        }
        else
        {
            context.Output.WriteLine(key);
        }
    }

    public static void AddToList(CommandContext context, Address address) =>
        Stage(context, address, new ModuleOperation.AddToList(address.Selector, address.NeedOption(), ConfigValue.FromBytes(address.NeedValue().Span)));

    public static void RemoveFromList(CommandContext context, Address address) =>
        Stage(context, address, new ModuleOperation.RemoveFromList(address.Selector, address.NeedOption(), ConfigValue.FromBytes(address.NeedValue().Span)));

    public static void Delete(CommandContext context, Address address) => Stage(context, address, (address.Option, address.Value) switch
    {
        (null, _) => new ModuleOperation.DeleteSection(address.WithoutValue().Selector),
        ({ } option, null) => new ModuleOperation.DeleteOption(address.Selector, option),
        ({ } option, _) => new ModuleOperation.DeleteElement(address.Selector, option, Number(address)),
    });

    public static void Rename(CommandContext context, Address address) => Stage(context, address, address.Option is { } option
        ? new ModuleOperation.RenameOption(address.Selector, option, address.NeedText())
        : new ModuleOperation.RenameSection(address.Selector, address.NeedText()));

    public static void Reorder(CommandContext context, Address address) => Stage(context, address, address.Option is null
        ? new ModuleOperation.MoveSection(address.Selector, Number(address))
        : throw new RefusedException(ErrorCode.InvalidArgument, $"'{address.Format()}' is an option; only sections are reordered: module.section=place"));

    private static void Stage(CommandContext context, Address address, ModuleOperation operation)
    {
        context.Session(address.Module).Stage(operation);
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("staged", address.Format());
                json.WriteEndObject();
            });
        }
    }

    private static int Number(Address address) =>
        int.TryParse(address.NeedText(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new RefusedException(ErrorCode.InvalidArgument, $"'{address.NeedText()}' is no place: use a number from 0 upwards");
}
