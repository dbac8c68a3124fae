using System.Security.Cryptography;
using Cms.Formats.Edits;
using Cms.Formats.Statements;

namespace Cms.Cli.Commands;

/// <summary>set, add, add_list, del_list, delete, rename and reorder: each stages one operation in the caller's session.</summary>
internal static class StageCommands
{
    private const int KeyBytes = 4;

    public static void Set(CommandContext context, Address address) => Stage(context, address, EditStatement.Set(address));

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

    public static void AddToList(CommandContext context, Address address) => Stage(context, address, EditStatement.AddToList(address));

    public static void RemoveFromList(CommandContext context, Address address) => Stage(context, address, EditStatement.RemoveFromList(address));

    public static void Delete(CommandContext context, Address address) => Stage(context, address, EditStatement.Delete(address));

    public static void Rename(CommandContext context, Address address) => Stage(context, address, EditStatement.Rename(address));

    public static void Reorder(CommandContext context, Address address) => Stage(context, address, EditStatement.Reorder(address));

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
}
