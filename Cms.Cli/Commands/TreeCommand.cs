using System.Globalization;
using System.Text.Json;
using Cms.Client.Wire;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Schemas;
using Cms.Formats.Statements;

namespace Cms.Cli.Commands;

/// <summary>Prints modules, their sections and tables, and the options of these, as a tree.</summary>
internal sealed class TreeCommand(CommandContext context, bool isCommitted)
{
    private static readonly ConfigValueConverter Values = new();

    /// <summary>Prints.</summary>
    /// <param name="address">Where the tree begins; null for all modules.</param>
    /// <param name="depth">How many levels are printed below that.</param>
    public void Run(Address? address, int depth)
    {
        var trees = new List<TreeNode>();
        foreach (var module in address is null ? context.Modules() : [address.WithoutValue().Module])
        {
            var session = context.Session(module);
            trees.Add(session.Read(() => OfAddress(session, module, address, address is null ? depth - 1 : depth)));
        }

        if (context.Output.IsJson)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartArray();
                trees.ForEach(tree => Write(json, tree));
                json.WriteEndArray();
            });
            return;
        }

        var lines = TreeLines.OfTerminal();
        trees.ForEach(tree => Print(tree, "", "", lines));
    }

    private TreeNode OfAddress(ModuleSession session, string module, Address? address, int depth)
    {
        var view = isCommitted ? session.Committed : session.Staged;
        if (address?.Section is null)
        {
            return new TreeNode(module, null, null, depth == 0 ? [] : [.. Parts(view, depth - 1)]);
        }

        var found = isCommitted ? SectionLookup.Find(view, address.Selector) : session.Find(address.Selector);
        var section = found ?? throw ReadCommands.Missing(address);
        if (address.Option is null)
        {
            return OfSection(view, section, $"{module}.{address.Section}", depth);
        }

        var option = view.FindOption(section.Id, address.Option) ?? throw ReadCommands.Missing(address);
        return new TreeNode(address.Format(), null, option.Value, []);
    }

    private static IEnumerable<TreeNode> Parts(IModuleView view, int depth)
    {
        foreach (var (section, name) in SectionLookup.DescribeAll(view))
        {
            yield return OfSection(view, section, name, depth);
        }

        foreach (var table in view.Tables().Where(table => table.Name != SchemaTable.Name))
        {
            var rows = string.Create(CultureInfo.InvariantCulture, $"table, {table.RowCount} {(table.RowCount == 1 ? "row" : "rows")}");
            yield return new TreeNode(table.Name, rows, null, depth == 0 ? [] : [.. table.Schema.Columns.Select(column => new TreeNode(column.Name, column.Type.ToString().ToLowerInvariant(), null, []))]);
        }
    }

    private static TreeNode OfSection(IModuleView view, SectionView section, string name, int depth) => new(
        name, section.Type, null, depth == 0 ? [] : [.. view.Options(section.Id).Select(option => new TreeNode(option.Name, null, option.Value, []))]);

    private void Print(TreeNode node, string first, string others, TreeLines lines)
    {
        context.Output.Write($"{first}{node.Name}{(node.Type is null ? "" : $" ({node.Type})")}");
        if (node.Value is { } value)
        {
            context.Output.Write(" = "u8);
            context.Output.WriteQuoted(value);
        }

        context.Output.WriteLine();
        for (var index = 0; index < node.Children.Count; index++)
        {
            var isLast = index == node.Children.Count - 1;
            Print(node.Children[index], others + (isLast ? lines.Last : lines.Branch), others + (isLast ? "    " : lines.Trunk), lines);
        }
    }

    private static void Write(Utf8JsonWriter json, TreeNode node)
    {
        json.WriteStartObject();
        json.WriteString("name", node.Name);
        if (node.Type is not null)
        {
            json.WriteString("type", node.Type);
        }

        if (node.Value is { } value)
        {
            json.WritePropertyName("value");
            Values.Write(json, value, WireJson.Default.Options);
        }

        if (node.Children.Count > 0)
        {
            json.WriteStartArray("children");
            foreach (var child in node.Children)
            {
                Write(json, child);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private sealed record TreeNode(string Name, string? Type, ConfigValue? Value, IReadOnlyList<TreeNode> Children);

    /// <summary>What a tree is drawn with.</summary>
    private sealed record TreeLines(string Branch, string Last, string Trunk)
    {
        /// <summary>Lines of box characters for people, of ASCII for programs and for terminals of another encoding.</summary>
        public static TreeLines OfTerminal() => !Console.IsOutputRedirected && Console.OutputEncoding.CodePage == System.Text.Encoding.UTF8.CodePage
            ? new("├── ", "└── ", "│   ")
            : new("|-- ", "`-- ", "|   ");
    }
}
