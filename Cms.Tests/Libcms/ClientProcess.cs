using System.Globalization;
using System.Text;
using Cms.Formats.Modules;
using Cms.Formats.Tables;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Libcms;

/// <summary>libcms/tests/client.c in a process of its own: a C program that changes modules as it is told.</summary>
internal sealed class ClientProcess : LineProcess
{
    public const string Ok = "0";
    public const string InvalidArgument = "1";
    public const string NotFound = "2";
    public const string Unavailable = "10";
    public const string TooOld = "35";
    public const string TimedOut = "36";

    private ClientProcess(string[] command)
        : base(command[0], command[1..])
    {
    }

    /// <summary>Connects to a node in a new process.</summary>
    public static ClientProcess Start(NodeProcess node) => Start([NativeProgram.Sanitized("client"), node.RunDirectory]);

    /// <summary>The same under valgrind, which is to find nothing.</summary>
    public static ClientProcess StartJudged(NodeProcess node) =>
        Start(["valgrind", "--quiet", "--error-exitcode=99", "--leak-check=full", "--show-leak-kinds=all", NativeProgram.Fast("client"), node.RunDirectory]);

    private static ClientProcess Start(string[] command)
    {
        var client = new ClientProcess(command);
        Assert.Equal(Ok, client.Read());
        return client;
    }

    /// <summary>A transaction of operations that are all accepted; the answer to its commit.</summary>
    public string Commit(string module, params string[] operations)
    {
        Assert.Equal(Ok, Ask($"begin {module}"));
        Assert.All(operations, operation => Assert.Equal((operation, Ok), (operation, Ask(operation))));
        return Ask("commit");
    }

    /// <summary>The changes that are there now, and the answer that there are no more.</summary>
    public List<string> Drain()
    {
        var changes = new List<string>();
        string answer;
        while ((answer = Ask("next 0")).StartsWith("0 ", StringComparison.Ordinal))
        {
            changes.Add(answer[2..]);
        }

        Assert.Equal(TimedOut, answer);
        return changes;
    }

    /// <summary>What <c>tables</c> gives for this state.</summary>
    public static string TablesOf(IModuleView view)
    {
        var text = new StringBuilder();
        foreach (var table in view.Tables())
        {
            text.Append(CultureInfo.InvariantCulture, $"table {table.Name} {table.Changed} {table.RowCount} {table.Schema.PrimaryKey}\n");
            for (var column = 0; column < table.Schema.Columns.Count; column++)
            {
                var definition = table.Schema.Columns[column];
                var index = column == table.Schema.PrimaryKey ? 3 : (int)definition.Index;
                text.Append(CultureInfo.InvariantCulture, $"column {definition.Name} {(int)definition.Type} {definition.SizeBytes} {index}\n");
            }

            foreach (var row in view.Rows(table.Name))
            {
                text.Append(RowOf(table.Schema, row));
            }
        }

        return text.Append("status 0\n").ToString();
    }

    /// <summary>What <c>find</c> gives for these rows, in the order of their primary keys.</summary>
    public static IEnumerable<string> RowsOf(TableView table, IEnumerable<RowView> rows) => rows.Select(row => RowOf(table.Schema, row).TrimEnd()).Order(StringComparer.Ordinal);

    private static string RowOf(TableSchema schema, RowView row) =>
        $"row {row.Changed}{string.Concat(TableQuery.ToValues(schema, row).Values.Select(value => " " + ProbeProcess.HexOf(value)))}\n";
}
