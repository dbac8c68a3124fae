using Cms.Formats.Modules;
using Cms.Formats.Tables;
using Cms.Storage.Journals;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Mirrors;

/// <summary>A module as an SQLite database, for programs that ask in SQL. Nothing is read back from it.</summary>
/// <remarks>
/// The tables are <c>sections (id, type, name, place)</c>, <c>options (section, name, place, element, value)</c> with a row for each
/// element of a list and <c>element</c> null for a scalar, <c>module (name, revision)</c>, and one table for each of the module's, with its
/// columns. SQLite takes names that differ only in case for the same, so of such names the later ones end with <c>_2</c> and so on.
/// </remarks>
public static class SqliteMirror
{
    /// <summary>Writes the database anew; who has the old one open goes on reading that.</summary>
    /// <param name="path">Absolute; replaced in one step. A directory that is missing is made, for the owner alone.</param>
    /// <param name="module">The module's name.</param>
    /// <param name="view">The module, read once, by this thread.</param>
    /// <exception cref="IOException">It cannot be written, or something else than this module's mirror is there; what is there stays.</exception>
    public static void Write(string path, string module, IModuleView view)
    {
        SqliteLibrary.Bind();
        var isThere = MirrorMark.IsAt(path, module);
        var next = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{module}.cms-next");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            File.Delete(next);
            using (File.Open(next, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            {
                // SQLite takes an empty file for an empty database, and nobody else may read what goes into it.
            }

            Fill(next, module, view);
            File.Move(next, path, overwrite: isThere);
        }
        catch (SqliteException failure)
        {
            throw new IOException($"{path}: {failure.Message}", failure);
        }
    }

    // Nothing is lost with a half-written file, which has not got its name yet; the next start writes it anew.
    private static void Fill(string path, string module, IModuleView view)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        Run(connection, $"""
            PRAGMA journal_mode = OFF;
            PRAGMA synchronous = OFF;
            PRAGMA application_id = {MirrorMark.ApplicationId};
            CREATE TABLE module (name TEXT NOT NULL, revision INTEGER NOT NULL);
            CREATE TABLE sections (id INTEGER PRIMARY KEY, type TEXT NOT NULL, name TEXT UNIQUE, place INTEGER NOT NULL);
            CREATE TABLE options (section INTEGER NOT NULL, name TEXT NOT NULL, place INTEGER NOT NULL, element INTEGER, value, PRIMARY KEY (section, name, element));
            """);
        using var transaction = connection.BeginTransaction();
        using (var names = Inserting(connection, "module", 2))
        {
            Insert(names, module, view.Revision.Value);
        }

        FillSections(connection, view);
        var tables = view.Tables().ToList();
        foreach (var (table, name) in tables.Zip(Distinct([.. tables.Select(table => table.Name)])))
        {
            FillTable(connection, view, table, $"\"table_{name}\"");
        }

        transaction.Commit();
    }

    // A name that is given to another keeps clear of all that the module has.
    private static IReadOnlyList<string> Distinct(IReadOnlyList<string> names)
    {
        var taken = new HashSet<string>(names, StringComparer.OrdinalIgnoreCase);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return [.. names.Select(name => seen.Add(name) ? name : Enumerable.Range(2, names.Count * 2).Select(number => $"{name}_{number}").First(taken.Add))];
    }

    private static void FillSections(SqliteConnection connection, IModuleView module)
    {
        using var sections = Inserting(connection, "sections", 4);
        using var options = Inserting(connection, "options", 5);
        var place = 0;
        foreach (var section in module.Sections())
        {
            Insert(sections, section.Id.Value, section.Type, section.Name, (long)place++);
            var optionPlace = 0L;
            foreach (var option in module.Options(section.Id))
            {
                var element = 0L;
                foreach (var encoding in option.Value.ElementEncodings())
                {
                    Insert(options, section.Id.Value, option.Name, optionPlace, option.Value.IsList ? element++ : null, ValueOf(option.Value.ElementType, encoding));
                }

                optionPlace++;
            }
        }
    }

    // Names of tables and columns are letters, digits and _, so they need no escape but the quotes.
    private static void FillTable(SqliteConnection connection, IModuleView module, TableView table, string name)
    {
        var columns = Distinct([.. table.Schema.Columns.Select(column => column.Name)]).Select((column, place) => $"\"{column}\"{(place == table.Schema.PrimaryKey ? " PRIMARY KEY" : "")}");
        Run(connection, $"CREATE TABLE {name} ({string.Join(", ", columns)})");
        using var rows = Inserting(connection, name, table.Schema.Columns.Count);
        foreach (var row in module.Rows(table.Name))
        {
            var values = TableQuery.ToValues(table.Schema, row);
            Insert(rows, [.. table.Schema.Columns.Select(column => ValueOf(column.Type, values[column.Name].Encoding))]);
        }
    }

    private static object ValueOf(ElementType type, ReadOnlyMemory<byte> encoding) => type switch
    {
        ElementType.Int => BitConverter.ToInt64(encoding.Span),
        ElementType.Float => BitConverter.ToDouble(encoding.Span),
        ElementType.Bool => (long)encoding.Span[0],
        _ => TextOf(encoding),
    };

    // What is no UTF-8 stays bytes.
    private static object TextOf(ReadOnlyMemory<byte> bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes.Span) ? System.Text.Encoding.UTF8.GetString(bytes.Span) : bytes.ToArray();

    private static SqliteCommand Inserting(SqliteConnection connection, string table, int columns)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Names of tables are letters, digits and _.
        command.CommandText = $"INSERT INTO {table} VALUES ({string.Join(", ", Enumerable.Range(0, columns).Select(column => $"$p{column}"))})";
#pragma warning restore CA2100
        for (var column = 0; column < columns; column++)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = $"$p{column}" });
        }

        return command;
    }

    private static void Insert(SqliteCommand command, params object?[] values)
    {
        for (var column = 0; column < values.Length; column++)
        {
            command.Parameters[column].Value = values[column] ?? DBNull.Value;
        }

        command.ExecuteNonQuery();
    }

    private static void Run(SqliteConnection connection, string statements)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Names of tables and columns are letters, digits and _.
        command.CommandText = statements;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
