using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Client.Wire;

/// <summary>Operations between the wire and the house, both ways.</summary>
public static class OperationMapper
{
    // In the order in which messages name them.
    private static readonly (string Name, Func<WireOperation, bool> IsGiven)[] Members =
    [
        ("section", wire => wire.Section is not null), ("option", wire => wire.Option is not null), ("value", wire => wire.Value is not null),
        ("type", wire => wire.Type is not null), ("name", wire => wire.Name is not null), ("key", wire => wire.Key is not null),
        ("index", wire => wire.Index is not null), ("table", wire => wire.Table is not null), ("columns", wire => wire.Columns is not null),
        ("primaryKey", wire => wire.PrimaryKey is not null), ("row", wire => wire.Row is not null),
    ];

    /// <summary>The operation that a wire operation asks for.</summary>
    /// <exception cref="RefusedException">It lacks a member, has one too many, or names something illegal.</exception>
    public static ModuleOperation ToOperation(WireOperation? wire) => wire?.Module is null
        ? Map(wire)
        : throw new RefusedException(ErrorCode.InvalidArgument, $"the operation '{wire.Op}' has a 'module', which belongs to a bulk; here the address names it");

    /// <summary>The module and the operation that a line of a bulk asks for.</summary>
    /// <exception cref="RefusedException">It lacks a member, has one too many, or names something illegal.</exception>
    public static (string Module, ModuleOperation Operation) ToModuleOperation(WireOperation? wire)
    {
        var operation = Map(wire);
        return (Need(wire!, wire!.Module, "module"), operation);
    }

    private static ModuleOperation Map(WireOperation? wire)
    {
        if (wire is null)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, "an operation is null; it must be an object with 'op'");
        }

        CheckMembers(wire);
        var operation = wire.Op switch
        {
            "add" => new ModuleOperation.AddSection(Need(wire, wire.Type, "type"), wire.Name, wire.Key ?? wire.Name ?? Need(wire, wire.Key, "key")),
            "set" when wire.Option is null => new ModuleOperation.SetSection(ToSelector(wire), Need(wire, wire.Type, "type")),
            "set" when wire.Index is { } index => new ModuleOperation.SetElement(ToSelector(wire), wire.Option, index, Element(wire)),
            "set" => new ModuleOperation.SetOption(ToSelector(wire), wire.Option, Need(wire, wire.Value, "value")),
            "delete" when wire.Option is null => new ModuleOperation.DeleteSection(ToSelector(wire)),
            "delete" when wire.Index is { } index => new ModuleOperation.DeleteElement(ToSelector(wire), wire.Option, index),
            "delete" => new ModuleOperation.DeleteOption(ToSelector(wire), wire.Option),
            "rename" when wire.Option is null => new ModuleOperation.RenameSection(ToSelector(wire), Need(wire, wire.Name, "name")),
            "rename" => new ModuleOperation.RenameOption(ToSelector(wire), wire.Option, Need(wire, wire.Name, "name")),
            "reorder" => new ModuleOperation.MoveSection(ToSelector(wire), wire.Index ?? throw Lacks(wire, "index")),
            "add_list" => new ModuleOperation.AddToList(ToSelector(wire), Need(wire, wire.Option, "option"), Need(wire, wire.Value, "value")),
            "del_list" => (ModuleOperation)new ModuleOperation.RemoveFromList(ToSelector(wire), Need(wire, wire.Option, "option"), Element(wire)),
            "increment" => new ModuleOperation.IncrementOption(ToSelector(wire), Need(wire, wire.Option, "option"), Number(wire)),
            "check" => new ModuleOperation.CheckOption(ToSelector(wire), Need(wire, wire.Option, "option"), wire.Value),
            _ => TableMapper.ToOperation(wire) ?? throw new RefusedException(
                ErrorCode.InvalidArgument,
                $"there is no operation '{wire.Op}': use add, set, delete, rename, reorder, add_list, del_list, increment, check, create_table, drop_table, insert_row, update_row or delete_row"),
        };
        return wire.Expected is { } expected ? operation with { Expected = new Revision(expected) } : operation;
    }

    /// <summary>The wire form of an operation.</summary>
    public static WireOperation ToWire(ModuleOperation operation)
    {
        var wire = operation switch
        {
            ModuleOperation.AddSection add => new WireOperation { Op = "add", Type = add.Type, Name = add.Name, Key = add.Key },
            ModuleOperation.SetSection set => new WireOperation { Op = "set", Section = Format(set.Section), Type = set.Type },
            ModuleOperation.SetOption set => new WireOperation { Op = "set", Section = Format(set.Section), Option = set.Option, Value = set.Value },
            ModuleOperation.SetElement set => new WireOperation
            {
                Op = "set",
                Section = Format(set.Section),
                Option = set.Option,
                Index = set.Index,
                Value = set.Element,
            },
            ModuleOperation.DeleteSection delete => new WireOperation { Op = "delete", Section = Format(delete.Section) },
            ModuleOperation.DeleteOption delete => new WireOperation { Op = "delete", Section = Format(delete.Section), Option = delete.Option },
            ModuleOperation.DeleteElement delete => new WireOperation
            {
                Op = "delete",
                Section = Format(delete.Section),
                Option = delete.Option,
                Index = delete.Index,
            },
            ModuleOperation.RenameSection rename => new WireOperation { Op = "rename", Section = Format(rename.Section), Name = rename.NewName },
            ModuleOperation.RenameOption rename => new WireOperation
            {
                Op = "rename",
                Section = Format(rename.Section),
                Option = rename.Option,
                Name = rename.NewOption,
            },
            ModuleOperation.MoveSection move => new WireOperation { Op = "reorder", Section = Format(move.Section), Index = move.Index },
            ModuleOperation.AddToList add => new WireOperation
            {
                Op = "add_list",
                Section = Format(add.Section),
                Option = add.Option,
                Value = add.Elements,
            },
            ModuleOperation.RemoveFromList remove => new WireOperation
            {
                Op = "del_list",
                Section = Format(remove.Section),
                Option = remove.Option,
                Value = remove.Element,
            },
            ModuleOperation.IncrementOption increment => new WireOperation
            {
                Op = "increment",
                Section = Format(increment.Section),
                Option = increment.Option,
                Value = ConfigValue.FromInt(increment.By),
            },
            ModuleOperation.CheckOption check => new WireOperation
            {
                Op = "check",
                Section = Format(check.Section),
                Option = check.Option,
                Value = check.Value,
            },
            ModuleOperation.OfTable ofTable => TableMapper.ToWire(ofTable),
            _ => throw new System.Diagnostics.UnreachableException($"unknown operation {operation.GetType().Name}"),
        };
        return wire with { Expected = operation.Expected?.Value };
    }

    private static string Format(SectionSelector selector) => selector switch
    {
        SectionSelector.ById byId => $"#{byId.Id}",
        SectionSelector.ByName byName => byName.Name,
        SectionSelector.ByIndex byIndex => $"@{byIndex.Type}[{byIndex.Index}]",
        SectionSelector.ByKey byKey => $"+{byKey.Key}",
        _ => throw new System.Diagnostics.UnreachableException($"unknown selector {selector.GetType().Name}"),
    };

    private static SectionSelector ToSelector(WireOperation wire) => SectionSelector.Parse(Need(wire, wire.Section, "section"));

    private static ConfigValue Element(WireOperation wire) => Need(wire, wire.Value, "value") is { IsList: false } element
        ? element
        : throw new RefusedException(ErrorCode.InvalidArgument, $"the 'value' of the operation '{wire.Op}' is one element, not a list");

    private static long Number(WireOperation wire) =>
        wire.Value is null ? 1
        : wire.Value.ReadInt() ?? throw new RefusedException(ErrorCode.InvalidArgument, $"the 'value' of the operation '{wire.Op}' is a whole number");

    // A member that the operation does not use is a mistake of the caller, who meant something else.
    private static void CheckMembers(WireOperation wire)
    {
        var used = (wire.Op, wire.Option) switch
        {
            ("add", _) => "type name key",
            ("set", null) => "section type",
            ("set", _) => "section option value index",
            ("delete", null) => "section",
            ("delete", _) => "section option index",
            ("rename", _) => "section option name",
            ("reorder", _) => "section index",
            ("add_list" or "del_list" or "increment" or "check", _) => "section option value",
            ("create_table", _) => "table columns primaryKey",
            ("drop_table", _) => "table",
            ("insert_row" or "update_row" or "delete_row", _) => "table row",
            _ => "section option value type name key index table columns primaryKey row",
        };
        foreach (var (name, isGiven) in Members)
        {
            if (isGiven(wire) && !HasWord(used, name))
            {
                throw new RefusedException(ErrorCode.InvalidArgument, $"the operation '{wire.Op}' has a '{name}' that it does not use; it takes {used}");
            }
        }

        if (wire.Expected < 0)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"'expected' is {wire.Expected}; a revision is 0 or more");
        }
    }

    private static bool HasWord(ReadOnlySpan<char> words, ReadOnlySpan<char> word)
    {
        foreach (var range in words.Split(' '))
        {
            if (words[range].SequenceEqual(word))
            {
                return true;
            }
        }

        return false;
    }

    private static T Need<T>(WireOperation wire, T? member, string name)
        where T : class => member ?? throw Lacks(wire, name);

    private static RefusedException Lacks(WireOperation wire, string name) =>
        new(ErrorCode.InvalidArgument, $"the operation '{wire.Op}' lacks '{name}'");
}
