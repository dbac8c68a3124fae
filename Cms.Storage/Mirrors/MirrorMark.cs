using Microsoft.Data.Sqlite;

namespace Cms.Storage.Mirrors;

/// <summary>What tells a module's mirror from every other file, so that nothing else is written over.</summary>
internal static class MirrorMark
{
    /// <summary>The <c>application_id</c> of every mirror: the letters CMSm.</summary>
    public const int ApplicationId = 0x434D536D;

    private const int HeaderBytes = 100;

    /// <summary>Looks at the place where a module's mirror is to be.</summary>
    /// <returns>Whether the module's mirror is there; false when nothing is.</returns>
    /// <exception cref="IOException">The path is none for a mirror, or something else is there; the message says what to do.</exception>
    public static bool IsAt(string path, string module)
    {
        if (!Path.IsPathFullyQualified(path) || Path.EndsInDirectorySeparator(path))
        {
            throw new IOException($"'{path}' is no absolute path of a file; give one that begins with / and ends with the file's name");
        }

        return Path.Exists(path) && (OwnerOf(path) is var owner && owner == module
            ? true
            : throw new IOException(owner is null
                ? $"{path} is no database that cms has written, and is left as it is; move it away, or name another path"
                : $"{path} is the database of module '{owner}', and is left as it is; name another path"));
    }

    // The file is opened by SQLite alone: closing a file by other means would drop the locks that SQLite holds on it, if it is
    // the journal. As immutable it is read without making files beside it.
    private static string? OwnerOf(string path)
    {
        var file = new FileInfo(path);

        // A link is somebody's; a pipe has no length, and would never open.
        if (!file.Exists || file.LinkTarget is not null || file.Length < HeaderBytes)
        {
            return null;
        }

        try
        {
            var source = $"file:{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}?immutable=1";
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = source, Pooling = false, Mode = SqliteOpenMode.ReadOnly }.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT name FROM pragma_application_id, module WHERE application_id = $id";
            command.Parameters.AddWithValue("$id", ApplicationId);
            return command.ExecuteScalar() as string;
        }
        catch (SqliteException)
        {
            // It is no database, or has no such table, or cannot be read: it is not known for a mirror.
            return null;
        }
    }
}
