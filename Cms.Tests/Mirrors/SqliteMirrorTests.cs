using Cms.Formats.Modules;
using Cms.Storage.Journals;
using Cms.Storage.Mirrors;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Cms.Tests.Mirrors;

/// <summary>What a mirror is written over, and what it leaves alone.</summary>
public sealed class SqliteMirrorTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cms-mirror-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_modules_own_mirror_is_replaced()
    {
        var path = PathOf("a b?%41#.db");
        Write(path, "auth");
        var first = File.ReadAllBytes(path);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        Write(path, "auth");
        Assert.Equal(first, File.ReadAllBytes(path));
        Assert.NotEqual(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void Another_modules_mirror_is_left_alone()
    {
        var path = PathOf("auth.db");
        Write(path, "auth");
        Assert.Contains("is the database of module 'auth'", Refused(path, "net"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("SQLite format 3")]
    public void A_file_that_is_no_database_is_left_alone(string start)
    {
        var path = PathOf("file");
        File.WriteAllText(path, start.Length == 0 ? "" : start.PadRight(start == "short" ? 5 : 8192, '\0'));
        Assert.Contains("is no database that cms has written", Refused(path, "auth"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CREATE TABLE a (b)")]
    [InlineData("CREATE TABLE module (name TEXT, revision INTEGER); INSERT INTO module VALUES ('auth', 1)")]
    [InlineData("PRAGMA journal_mode = WAL; CREATE TABLE module (name TEXT, revision INTEGER); INSERT INTO module VALUES ('auth', 1)")]
    public void Somebody_elses_database_is_left_alone(string statements)
    {
        SqliteLibrary.Bind();
        var path = PathOf("other.db");
        using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString()))
        {
            connection.Open();
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are the tests' own.
            command.CommandText = statements;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }

        Assert.Contains("is no database that cms has written", Refused(path, "auth"), StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void A_directory_and_a_link_are_left_alone()
    {
        Write(PathOf("auth.db"), "auth");
        File.CreateSymbolicLink(PathOf("link"), PathOf("auth.db"));
        File.CreateSymbolicLink(PathOf("dangling"), PathOf("nowhere"));
        Directory.CreateDirectory(PathOf("directory"));
        foreach (var name in new[] { "link", "dangling", "directory" })
        {
            Assert.Contains("is left as it is", Assert.Throws<IOException>(() => Write(PathOf(name), "auth")).Message, StringComparison.Ordinal);
        }

        Assert.Equal(PathOf("nowhere"), new FileInfo(PathOf("dangling")).LinkTarget);
    }

    [Theory]
    [InlineData("auth.db")]
    [InlineData("../auth.db")]
    [InlineData("/tmp/")]
    public void A_path_that_is_not_absolute_or_of_no_file_is_refused(string path) =>
        Assert.Contains("no absolute path of a file", Assert.Throws<IOException>(() => Write(path, "auth")).Message, StringComparison.Ordinal);

    private static void Write(string path, string module) => SqliteMirror.Write(path, module, EmptyModuleView.Instance);

    private static string Refused(string path, string module)
    {
        var before = File.ReadAllBytes(path);
        var message = Assert.Throws<IOException>(() => Write(path, module)).Message;
        Assert.Equal(before, File.ReadAllBytes(path));
        return message;
    }

    private string PathOf(string name) => Path.Combine(_directory, name);
}
