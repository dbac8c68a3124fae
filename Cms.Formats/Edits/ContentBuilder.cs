using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Tables;

namespace Cms.Formats.Edits;

/// <summary>Builds a module's content from parts that came from outside, each of which is checked by the rules of the house.</summary>
/// <remarks>Sizes are checked when the content is carried out, by the settings of the node. Each refusal leaves the content as it was. One thread at a time.</remarks>
public sealed class ContentBuilder
{
    private static readonly EditLimits Unbounded = new() { MaxNameBytes = 255, MaxValueBytes = int.MaxValue, MaxListElements = int.MaxValue };

    // More sections than any text holds.
    private static readonly SectionId Bound = new(1L << 40);

    private readonly StoredModule _content = new(Revision.None, Bound);
    private SectionId _next = new(1);
    private TableView? _table;

    /// <summary>What was built; nothing is added any more once it is used.</summary>
    public StoredModule Content => _content;

    /// <summary>Puts a section behind the last one.</summary>
    /// <returns>Null, or why it is not legal.</returns>
    public Refusal? AddSection(string type, string? name)
    {
        var refusal = EditRules.CheckType(type, Unbounded) ?? (name is null ? null : EditRules.CheckName("section", name, Unbounded));
        if (refusal is not null)
        {
            return refusal;
        }

        if (!_content.TryAdd(new SectionView(_next, type, name, Revision.None)))
        {
            return new Refusal(ErrorCode.InvalidArgument, $"a section '{name}' is there already; a name stands for one section");
        }

        _next = _next.Next;
        return null;
    }

    /// <summary>Puts an option behind the last one of the last section.</summary>
    /// <inheritdoc cref="AddSection"/>
    public Refusal? AddOption(string name, ConfigValue value) =>
        EditRules.CheckName("option", name, Unbounded)
        ?? (_content.TryAdd(new OptionView(name, value, Revision.None)) ? null
            : new Refusal(ErrorCode.InvalidArgument, $"the option '{name}' is there twice; write its values as one list"));

    /// <summary>Puts a table without rows behind the last one.</summary>
    /// <inheritdoc cref="AddSection"/>
    public Refusal? AddTable(string name, IReadOnlyList<TableColumn> columns, string primaryKey)
    {
        if (!TableSchema.IsName(name) || name.StartsWith(ModuleImport.ReservedTables, StringComparison.Ordinal))
        {
            return new Refusal(
                ErrorCode.InvalidArgument,
                $"table name '{name}' is not legal: use letters, digits and _, at most {TableLimits.MaximumNameBytes}, and not '{ModuleImport.ReservedTables}' at the beginning");
        }

        if (TableSchema.TryCreate(columns, primaryKey, out var problem) is not { } schema)
        {
            return new Refusal(ErrorCode.InvalidArgument, problem!);
        }

        var table = new TableView(name, schema, 0, Revision.None);
        if (!_content.TryAdd(table))
        {
            return new Refusal(ErrorCode.InvalidArgument, $"a table '{name}' is there already");
        }

        _table = table;
        return null;
    }

    /// <summary>Puts a row behind the last one of the last table.</summary>
    /// <inheritdoc cref="AddSection"/>
    public Refusal? AddRow(IReadOnlyDictionary<string, ConfigValue> values) =>
        TableEdits.Pack(_table!, values, null, out var row)
        ?? (_content.TryAdd(new RowView(row, Revision.None)) ? null
            : new Refusal(ErrorCode.InvalidArgument, $"another row has the same primary key '{_table!.Schema.Columns[_table.Schema.PrimaryKey].Name}'"));
}
