using Cms.Storage.Journals;
using Microsoft.Data.Sqlite;

namespace Cms.Tests.Journals;

/// <summary>Looks into a journal's file, and changes it, past the journal.</summary>
internal sealed class JournalSql(string path)
{
    /// <summary>Runs a statement.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Execute(string sql) => Run(sql, command => command.ExecuteNonQuery());

    /// <summary>The first column of the first row.</summary>
    public object? Scalar(string sql) => Run(sql, command => command.ExecuteScalar());

    private T Run<T>(string sql, Func<SqliteCommand, T> run)
    {
        SqliteLibrary.Bind();
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Only constants of tests come here.
        command.CommandText = sql;
#pragma warning restore CA2100
        return run(command);
    }
}
