using Cms.Formats.Mapping;
using Xunit;

namespace Cms.Tests.Mapping;

public sealed class FileLockTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cms-lock-").FullName;

    private string LockPath => Path.Join(_directory, "lock");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void An_exclusive_lock_stands_alone_and_shared_ones_stand_together()
    {
        using (FileLock.Take(LockPath, isExclusive: true))
        {
            Assert.Null(FileLock.TryTake(LockPath, isExclusive: false));
        }

        using var first = FileLock.TryTake(LockPath, isExclusive: false);
        using var second = FileLock.TryTake(LockPath, isExclusive: false);
        Assert.NotNull(first);
        Assert.NotNull(second);
        Assert.Null(FileLock.TryTake(LockPath, isExclusive: true));
    }

    [Fact]
    public async Task Who_waits_gets_the_lock_when_it_is_free()
    {
        var held = FileLock.Take(LockPath, isExclusive: true);
        var waiting = Task.Run(() => FileLock.Take(LockPath, isExclusive: true), TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);

        held.Dispose();

        using var taken = await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.False(taken.Handle.IsClosed);
    }

    [Fact]
    public void A_lock_on_an_open_file_leaves_it_open()
    {
        using var file = RawFile.OpenOrCreate(LockPath, Convert.ToUInt32("600", 8));
        FileLock.Take(file, isExclusive: true).Dispose();

        Assert.False(file.IsClosed);
        using var again = FileLock.TryTake(file, isExclusive: true);
        Assert.NotNull(again);
    }

    [Fact]
    public void Only_what_exists_can_be_locked_without_making_it()
    {
        Assert.Null(FileLock.TakeExisting(LockPath, isExclusive: true));
        Assert.False(File.Exists(LockPath));
        using var directory = FileLock.TakeExisting(_directory, isExclusive: true);
        Assert.NotNull(directory);
    }
}
