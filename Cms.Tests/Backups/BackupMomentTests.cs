using Cms.Actors.Backups;
using Cms.Formats.Modules;
using Cms.Storage.Journals;
using Xunit;

namespace Cms.Tests.Backups;

public sealed class BackupMomentTests
{
    private static readonly DateTimeOffset Unset = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_moment_has_the_commits_before_it() =>
        Assert.Equal("a=2 b=1", At(Noon.AddMinutes(2), Head(1, "a", 1, Noon), Head(2, "b", 1, Noon.AddMinutes(1)), Head(3, "a", 2, Noon.AddMinutes(2)), Head(4, "b", 2, Noon.AddMinutes(3))));

    [Fact]
    public void Before_the_first_commit_there_is_nothing() => Assert.Equal("", At(Noon.AddSeconds(-1), Head(1, "a", 1, Noon)));

    [Fact]
    public void Commits_of_a_clock_that_was_not_set_yet_stay_where_they_happened()
    {
        CommitHead[] heads = [Head(1, "a", 1, Unset), Head(2, "a", 2, Noon), Head(3, "a", 3, Noon.AddHours(2)), Head(4, "a", 4, Unset), Head(5, "a", 5, Noon.AddHours(3))];
        Assert.Equal("a=2", At(Noon.AddHours(1), heads));
        Assert.Equal("a=4", At(Noon.AddHours(2), heads));
        Assert.Equal("a=1", At(Unset, heads));
    }

    [Fact]
    public void A_commit_over_several_modules_is_whole()
    {
        CommitHead[] heads =
        [
            Head(1, "a", 1, Noon), Head(2, "a", 2, Noon.AddSeconds(1)) with { TransactionId = "t" }, Head(3, "b", 1, Noon.AddSeconds(2)) with { TransactionId = "t" },
        ];
        Assert.Equal("a=1", At(Noon, heads));
        Assert.Equal("a=2 b=1", At(Noon.AddSeconds(1), heads));
    }

    private static string At(DateTimeOffset moment, params CommitHead[] heads) =>
        string.Join(' ', BackupMoment.Find(heads, moment).OrderBy(module => module.Key.Name).Select(module => $"{module.Key}={module.Value}"));

    private static CommitHead Head(long commit, string module, long revision, DateTimeOffset time) =>
        new(new ModuleName(module), new Revision(revision), commit, time, new CommitOrigin("uid:0", "unix", "", null), 1);
}
