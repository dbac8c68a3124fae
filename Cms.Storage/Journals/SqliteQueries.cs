using Cms.Formats.Modules;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Journals;

/// <summary>Questions to the journal's file beside its writer: short ones on one shared connection, long ones on their own.</summary>
/// <remarks>May be called from any thread.</remarks>
internal sealed class SqliteQueries : IDisposable
{
    /// <summary>The key of the module that a query is about, as SQL.</summary>
    public const string ModuleKey = "(SELECT id FROM modules WHERE namespace = $namespace AND name = $name)";

    private readonly SqliteConnection _shared;
    private readonly Lock _lock = new();

    /// <param name="path">The database file, which exists.</param>
    public SqliteQueries(string path)
    {
        Path = path;
        _shared = Connect();
    }

    /// <summary>The database file.</summary>
    public string Path { get; }

    /// <summary>Reads all rows of a short answer.</summary>
    /// <param name="sql">A constant; <see cref="ModuleKey"/> stands for the module.</param>
    /// <param name="module">The module that it is about, or null.</param>
    /// <param name="map">Makes one item of a row.</param>
    /// <param name="parameters">The values of the parameters.</param>
    public List<T> Query<T>(string sql, ModuleName? module, Func<SqliteDataReader, T> map, params (string Name, object Value)[] parameters)
    {
        lock (_lock)
        {
            using var command = Command(_shared, sql, module, parameters);
            using var row = command.ExecuteReader();
            var rows = new List<T>();
            while (row.Read())
            {
                rows.Add(map(row));
            }

            return rows;
        }
    }

    /// <summary>Reads the rows of a long answer as they are consumed, all of one moment, on a connection of its own.</summary>
    /// <inheritdoc cref="Query"/>
    public IEnumerable<T> Stream<T>(string sql, ModuleName? module, Func<SqliteDataReader, T> map, params (string Name, object Value)[] parameters)
    {
        using var connection = Connect();
        using var command = Command(connection, sql, module, parameters);
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            yield return map(row);
        }
    }

    public void Dispose() => _shared.Dispose();

    private static SqliteCommand Command(SqliteConnection connection, string sql, ModuleName? module, (string Name, object Value)[] parameters)
    {
        var command = connection.CreateCommand();
        // Only constants of the stores come here.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        if (module is { } name)
        {
            command.Parameters.AddWithValue("$namespace", name.Namespace);
            command.Parameters.AddWithValue("$name", name.Name);
        }

        foreach (var (parameter, value) in parameters)
        {
            command.Parameters.AddWithValue(parameter, value);
        }

        return command;
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false, Mode = SqliteOpenMode.ReadWrite }.ToString());
        connection.Open();
        return connection;
    }
}
