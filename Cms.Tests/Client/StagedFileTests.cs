using System.Text;
using Cms.Client.Sessions;
using Cms.Formats.Edits;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Client;

public sealed class StagedFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cms-staged-").FullName;

    private string StagedPath => Path.Combine(_directory, "m.staged");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void What_is_appended_is_read_replaced_and_cleared()
    {
        Stage("a", "b");
        Stage("c");
        Assert.Equal(["a", "b", "c"], Names());
        Assert.Equal(["m"], StagedFile.Modules(_directory));
        using (var file = StagedFile.Open(_directory, "m"))
        {
            file.Replace([Named("d")]);
            Assert.Equal("d", NameOf(Assert.Single(file.Staged.Operations)));
            file.Append([Named("e")], 2);
        }

        Assert.Equal(["d", "e"], Names());
        using (var file = StagedFile.Open(_directory, "m"))
        {
            file.Replace([]);
            file.Clear();
        }

        Assert.Empty(Names());
        Assert.Empty(StagedFile.Modules(_directory));
    }

    [Fact]
    public void The_request_id_stays_with_the_content_and_changes_with_it()
    {
        var ids = new HashSet<string>();
        Stage("a");
        Assert.True(ids.Add(Read().RequestId));
        Assert.False(ids.Add(Read().RequestId));
        Stage("b");
        Assert.True(ids.Add(Read().RequestId));
        using (var file = StagedFile.Open(_directory, "m"))
        {
            file.Replace([Named("a")]);
            Assert.True(ids.Add(file.Staged.RequestId));
            file.Clear();
        }

        Stage("a");
        Assert.True(ids.Add(Read().RequestId));
    }

    [Fact]
    public void Half_a_last_line_does_not_count_and_is_overwritten()
    {
        Stage("a");
        var id = Read().RequestId;
        var whole = File.ReadAllBytes(StagedPath);
        Stage("b");
        var longer = File.ReadAllBytes(StagedPath);
        for (var length = whole.Length; length < longer.Length; length++)
        {
            File.WriteAllBytes(StagedPath, longer[..length]);
            Assert.Equal(["a"], Names());
            Assert.Equal(id, Read().RequestId);
            Stage("c");
            Assert.Equal(["a", "c"], Names());
        }

        for (var length = 0; length < 33; length++)
        {
            File.WriteAllBytes(StagedPath, whole[..length]);
            Assert.Empty(Names());
            Stage("c");
            Assert.Equal(["c"], Names());
        }
    }

    [Theory]
    [InlineData("no name\n", 1)]
    [InlineData("0123456789abcdef0123456789abcdef\n{\"op\":\"delete\",\"section\":\"x\"}\nnull\n", 3)]
    [InlineData("0123456789abcdef0123456789abcdef\n{\"op\":\"fly\"}\n", 2)]
    [InlineData("0123456789abcdef0123456789abcdef\n{\"op\":\"del_list\",\"section\":\"x\",\"option\":\"o\",\"value\":[]}\n", 2)]
    [InlineData("0123456789abcdef0123456789abcdef\n{\"op\":\"delete\",\"section\":\"\u00ff\"}\n", 2)]
    [InlineData("0123456789abcdef0123456789abcdef\n[]\n", 2)]
    [InlineData("0123456789abcdef0123456789abcdef\n{\n", 2)]
    public void A_damaged_line_is_refused_with_its_number_and_what_to_do(string text, int line)
    {
        File.WriteAllBytes(StagedPath, Encoding.Latin1.GetBytes(text));

        foreach (var read in new Action[] { () => Read(), () => StagedFile.Open(_directory, "m").Dispose() })
        {
            var refused = Assert.Throws<RefusedException>(read);
            Assert.Contains($"{StagedPath} is damaged at line {line}", refused.Message, StringComparison.Ordinal);
            Assert.Contains("remove the file", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_session_over_its_bound_is_refused_and_stays_as_it_was()
    {
        Stage("a");
        using var file = StagedFile.Open(_directory, "m");
        Assert.Equal(ErrorCode.TooLarge, Assert.Throws<RefusedException>(() => file.Append([Named("b"), Named("c")], 2)).Refusal.Code);
        Assert.Equal(["a"], Names());
    }

    [Fact]
    public async Task A_second_holder_waits_for_the_first()
    {
        var first = StagedFile.Open(_directory, "m");
        var second = Task.Factory.StartNew(() => StagedFile.Open(_directory, "m"), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        first.Append([Named("a")], 10);
        Assert.False(second.IsCompleted);
        first.Dispose();
        using var held = await second;
        Assert.Single(held.Staged.Operations);
    }

    private void Stage(params string[] names)
    {
        using var file = StagedFile.Open(_directory, "m");
        file.Append([.. names.Select(Named)], 100);
    }

    private StagedOperations Read() => StagedFile.Read(_directory, "m");

    private List<string> Names() => [.. Read().Operations.Select(NameOf)];

    private static ModuleOperation Named(string name) => new ModuleOperation.DeleteSection(new SectionSelector.ByName(name));

    private static string NameOf(ModuleOperation operation) => ((SectionSelector.ByName)((ModuleOperation.DeleteSection)operation).Section).Name;
}
