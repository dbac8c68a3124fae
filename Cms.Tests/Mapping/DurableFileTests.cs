using Cms.Formats.Mapping;
using Xunit;

namespace Cms.Tests.Mapping;

public sealed class DurableFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cms-durable-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_new_file_is_private_and_a_replaced_one_keeps_its_mode()
    {
        var path = Path.Join(_directory, "t");
        DurableFile.Replace(path, stream => stream.Write("one"u8));
        Assert.Equal(Convert.ToUInt32("600", 8), FileStatus.TryOf(path)!.Value.Permissions);

        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("640", 8));
        DurableFile.Replace(path, stream => stream.Write("two"u8));
        Assert.Equal(Convert.ToUInt32("640", 8), FileStatus.TryOf(path)!.Value.Permissions);
        Assert.Equal("two", File.ReadAllText(path));

        DurableFile.Replace(path, stream => stream.Write("three"u8), Convert.ToUInt32("644", 8));
        Assert.Equal(Convert.ToUInt32("644", 8), FileStatus.TryOf(path)!.Value.Permissions);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        var path = Path.Join(_directory, "t");
        File.WriteAllText(path, "old");

        Assert.Throws<InvalidOperationException>(() => DurableFile.Replace(path, stream =>
        {
            stream.Write("new"u8);
            throw new InvalidOperationException();
        }));

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void A_symbolic_link_stays_and_its_target_is_replaced()
    {
        var target = Path.Join(_directory, "target");
        var link = Path.Join(_directory, "link");
        File.WriteAllText(target, "old");
        File.CreateSymbolicLink(link, target);

        DurableFile.Replace(link, stream => stream.Write("new"u8));

        Assert.Equal("new", File.ReadAllText(target));
        Assert.Equal(target, new FileInfo(link).LinkTarget);
    }

    [Fact]
    public void A_missing_directory_is_a_fault_that_names_it()
    {
        var fault = Assert.Throws<IOException>(() => DurableFile.Replace(Path.Join(_directory, "no", "t"), _ => { }));

        Assert.Contains(Path.Join(_directory, "no"), fault.Message, StringComparison.Ordinal);
        Assert.Contains("errno 2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_was_edited_at_the_last_moment_is_put_back()
    {
        var directory = Directory.CreateTempSubdirectory("cms-durable-");
        var path = Path.Combine(directory.FullName, "net");
        File.WriteAllText(path, "old");
        var isReplaced = DurableFile.TryReplace(
            path,
            stream =>
            {
                stream.Write("new"u8);
                File.WriteAllText(path, "by hand");
            },
            displaced => File.ReadAllText(displaced) == "old");
        Assert.False(isReplaced);
        Assert.Equal("by hand", File.ReadAllText(path));
        Assert.Equal(["net"], directory.GetFiles().Select(file => file.Name));
        Assert.True(DurableFile.TryReplace(path, stream => stream.Write("new"u8), displaced => File.ReadAllText(displaced) == "by hand"));
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(["net"], directory.GetFiles().Select(file => file.Name));
        directory.Delete(recursive: true);
    }

    [Fact]
    public void A_file_that_was_missing_is_made_without_a_question()
    {
        var directory = Directory.CreateTempSubdirectory("cms-durable-");
        var path = Path.Combine(directory.FullName, "net");
        Assert.True(DurableFile.TryReplace(path, stream => stream.Write("new"u8), _ => false));
        Assert.Equal("new", File.ReadAllText(path));
        directory.Delete(recursive: true);
    }

    [Fact]
    public void A_displaced_edit_that_cannot_be_put_back_is_kept_and_named()
    {
        var path = Path.Join(_directory, "net");
        File.WriteAllText(path, "by hand");

        var fault = Assert.Throws<IOException>(() => DurableFile.TryReplace(path, stream => stream.Write("new"u8), _ =>
        {
            File.Delete(path);
            return false;
        }));

        var kept = Assert.Single(Directory.GetFiles(_directory));
        Assert.Equal("by hand", File.ReadAllText(kept));
        Assert.Contains(kept, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_question_that_fails_puts_the_edit_back()
    {
        var path = Path.Join(_directory, "net");
        File.WriteAllText(path, "by hand");

        Assert.Throws<InvalidOperationException>(() => DurableFile.TryReplace(path, stream => stream.Write("new"u8), _ => throw new InvalidOperationException()));

        Assert.Equal([path], Directory.GetFiles(_directory));
        Assert.Equal("by hand", File.ReadAllText(path));
    }

    [Fact]
    public void A_second_edit_that_came_before_the_first_was_put_back_is_kept_and_named()
    {
        var path = Path.Join(_directory, "net");
        File.WriteAllText(path, "first");

        var fault = Assert.Throws<IOException>(() => DurableFile.TryReplace(path, stream => stream.Write("new"u8), _ =>
        {
            File.WriteAllText(Path.Join(_directory, "other"), "second");
            File.Move(Path.Join(_directory, "other"), path, overwrite: true);
            return false;
        }));

        Assert.Equal("first", File.ReadAllText(path));
        var kept = Assert.Single(Directory.GetFiles(_directory), file => file != path);
        Assert.Equal("second", File.ReadAllText(kept));
        Assert.Contains(kept, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_came_where_there_was_none_is_not_overwritten()
    {
        var path = Path.Join(_directory, "net");
        var temporary = Path.Join(_directory, "temporary");
        File.WriteAllText(path, "by hand");
        File.WriteAllText(temporary, "new");
        using var file = File.OpenHandle(temporary);

        Assert.False(DurableFile.PlaceNew(file, temporary, path));

        Assert.Equal([path], Directory.GetFiles(_directory));
        Assert.Equal("by hand", File.ReadAllText(path));
    }
}
