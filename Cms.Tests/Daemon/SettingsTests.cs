using Cms.Actors;
using Xunit;
using HostSettings = Cms.Host.Settings;

namespace Cms.Tests.Daemon;

public sealed class SettingsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cms-settings-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_command_line_wins_over_the_environment_over_the_file_over_the_default()
    {
        Assert.Equal(10_000, Read().MailboxSize);
        WriteFile("config node\n option mailbox_size 1\n option max_operations 7\n");
        Assert.Equal((1, 7), (Read().MailboxSize, Read().Limits.MaxOperations));
        Assert.Equal(2, Read([], ("CMS_MAILBOX_SIZE", "2")).MailboxSize);
        Assert.Equal(1, Read([], ("CMS_MAILBOX_SIZE", "")).MailboxSize);
        Assert.Equal(3, Read(["--mailbox-size=3"], ("CMS_MAILBOX_SIZE", "2")).MailboxSize);
        Assert.Equal(4, Read(["--mailbox-size=3", "--mailbox_size=4"]).MailboxSize);
    }

    [Theory]
    [InlineData("--mailbox-size=x", null, null, "mailbox_size 'x' from the command line")]
    [InlineData("--mailbox-size=99999999999", null, null, "mailbox_size '99999999999' from the command line")]
    [InlineData("--mailbox-size=0", null, null, "mailbox_size '0' from the command line")]
    [InlineData("--state-directory=", null, null, "state_directory '' from the command line")]
    [InlineData("--max-operations=0", null, null, "max_operations '0' from the command line")]
    [InlineData(null, "-1", null, "mailbox_size '-1' from CMS_MAILBOX_SIZE")]
    [InlineData(null, null, "config node\n option file_delay_ms 101\n", "file_delay_ms '101' from the file cms")]
    [InlineData(null, null, "config node\n option mailbox_sise 1\n", "mailbox_sise")]
    [InlineData(null, null, "config node\n option config_directory /x\n", "config_directory")]
    [InlineData(null, null, "config node\n nonsense\n", "cms")]
    [InlineData("--nonsense=1", null, null, "--nonsense=1")]
    [InlineData("mailbox-size=1", null, null, "mailbox-size=1")]
    [InlineData("--=1", null, null, "--=1")]
    public void A_bad_setting_is_refused_with_its_source(string? argument, string? variable, string? file, string named)
    {
        if (file is not null)
        {
            WriteFile(file);
        }

        var refused = Assert.Throws<NodeStartException>(() => Read(argument is null ? [] : [argument], ("CMS_MAILBOX_SIZE", variable)));
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    private void WriteFile(string text) => File.WriteAllText(Path.Combine(_directory, "cms"), text);

    private NodeOptions Read(string[]? arguments = null, (string Name, string? Value) variable = default) =>
        HostSettings.Read([$"--config-directory={_directory}", .. arguments ?? []], name => name == variable.Name ? variable.Value : null);
}
