using System.Text;
using Cms.Cli.Uci;
using Cms.Client.Wire;
using Cms.Formats.Mapping;
using Xunit;

namespace Cms.Tests.Uci;

public sealed class DaemonCommitTests : IDisposable
{
    private readonly UciMachine _machine = new();
    private readonly FakeDaemon _daemon = new();
    private FileLock? _life;

    public DaemonCommitTests()
    {
        _machine.Daemon = _daemon;
        var mark = Path.Join(_machine.ConfigDirectory, ".cms.daemon");
        File.WriteAllText(mark, "/run/cms/socket\nmore\n");
        _life = FileLock.Take(mark, isExclusive: true);
    }

    public void Dispose()
    {
        _life?.Dispose();
        _machine.Dispose();
    }

    [Fact]
    public void A_living_daemon_gets_the_changes_and_the_file_is_left_to_it()
    {
        _machine.Run("set", "t.lan.ip=10.0.0.2");

        Assert.Equal(new UciAnswer("", "", 0), _machine.Run("commit", "t"));

        Assert.Equal(("/run/cms/socket", "t", "t.lan.ip='10.0.0.2'\n"), Assert.Single(_daemon.Requests).Said);
        Assert.Empty(_machine.Delta("t"));
        Assert.Equal(UciMachine.Router, _machine.Config("t"));
    }

    [Fact]
    public void A_refusal_is_printed_and_the_changes_stay()
    {
        _machine.Run("set", "t.lan.ip=10.0.0.2");
        _daemon.Reply = _ => new DaemonReply.Refused("the option t.lan.ip is locked");

        Assert.Equal(new UciAnswer("", "uci: the option t.lan.ip is locked\n", 1), _machine.Run("commit", "t"));

        Assert.Equal("t.lan.ip='10.0.0.2'\n", _machine.Delta("t"));
    }

    [Fact]
    public void A_commit_that_did_not_reach_the_file_is_an_IO_error_and_is_asked_again_under_the_same_id()
    {
        _machine.Run("set", "t.lan.ip=10.0.0.2");
        _daemon.Reply = _ => DaemonCommits.Interpret(new CommitReply { Revision = 2, Changes = 1, Warning = "the text file cannot be written" });
        Assert.Equal(new UciAnswer("", "uci: I/O error\n", 1), _machine.Run("commit", "t"));
        Assert.Equal("t.lan.ip='10.0.0.2'\n", _machine.Delta("t"));

        _daemon.Reply = _ => DaemonCommits.Interpret(new CommitReply { Revision = 2, Changes = 1, Repeated = true });
        Assert.Equal(new UciAnswer("", "", 0), _machine.Run("commit", "t"));
        Assert.Empty(_machine.Delta("t"));
        Assert.Equal(_daemon.Requests[0].Id, _daemon.Requests[1].Id);
    }

    [Fact]
    public void The_same_changes_are_asked_for_under_the_same_id_until_they_change()
    {
        _machine.Run("set", "t.lan.ip=10.0.0.2");
        _daemon.Reply = _ => new DaemonReply.Unreachable();
        Assert.Equal(new UciAnswer("", "uci: the running daemon does not answer\n", 1), _machine.Run("commit", "t"));
        _daemon.Reply = _ => new DaemonReply.Committed();
        _machine.Run("commit", "t");
        _machine.Run("set", "t.lan.ip=10.0.0.2");
        _machine.Run("commit", "t");

        var ids = _daemon.Requests.Select(request => request.Id).ToList();
        Assert.True(ids.Count > 3, "an unreachable daemon is asked again before that is given up");
        Assert.Single(ids[..^1].Distinct());
        Assert.NotEqual(ids[0], ids[^1]);
        Assert.All(_daemon.Requests, request => Assert.Equal(32, request.Id.Length));
    }

    [Fact]
    public void When_the_daemon_ends_meanwhile_the_file_is_written()
    {
        _machine.Run("set", "t.lan.ip=10.0.0.2");
        _daemon.Reply = _ =>
        {
            _life?.Dispose();
            _life = null;
            return new DaemonReply.Unreachable();
        };

        Assert.Equal(new UciAnswer("", "", 0), _machine.Run("commit", "t"));

        Assert.Contains("option ip '10.0.0.2'", _machine.Config("t"), StringComparison.Ordinal);
        Assert.Empty(_machine.Delta("t"));
    }

    [Fact]
    public void Without_changes_the_daemon_is_not_asked()
    {
        Assert.Equal(0, _machine.Run("commit").Code);
        _machine.Run("set", "t.lan.ip=10.0.0.2");
        _machine.Run("revert", "t");
        Assert.Equal(0, _machine.Run("commit", "t").Code);

        Assert.Empty(_daemon.Requests);
    }

    [Fact]
    public void An_import_goes_to_the_daemon_in_canonical_form()
    {
        Assert.Equal(0, _machine.RunWith("package a\nconfig x y\n option o 1\npackage b\n", "import").Code);

        Assert.Equal(
            [("/run/cms/socket", "a", "\nconfig x 'y'\n\toption o '1'\n\n"), ("/run/cms/socket", "b", "\n")],
            _daemon.Requests.Select(request => request.Said));
        Assert.False(File.Exists(Path.Join(_machine.ConfigDirectory, "a")));
    }

    [Fact]
    public void Without_a_way_to_the_daemon_its_packages_are_refused()
    {
        _machine.Daemon = null;
        _machine.Run("set", "t.lan.ip=10.0.0.2");

        Assert.Equal(1, _machine.Run("commit", "t").Code);
        Assert.Equal("t.lan.ip='10.0.0.2'\n", _machine.Delta("t"));
    }

    private sealed class FakeDaemon : IDaemonCommits
    {
        public List<((string Socket, string Package, string Text) Said, string Id)> Requests { get; } = [];

        public Func<string, DaemonReply> Reply { get; set; } = _ => new DaemonReply.Committed();

        public DaemonReply Commit(string socketPath, string package, ReadOnlyMemory<byte> deltaText, string requestId) =>
            Answer(socketPath, package, deltaText, requestId);

        public DaemonReply Import(string socketPath, string package, ReadOnlyMemory<byte> fileText, string requestId) =>
            Answer(socketPath, package, fileText, requestId);

        private DaemonReply Answer(string socketPath, string package, ReadOnlyMemory<byte> text, string requestId)
        {
            Requests.Add(((socketPath, package, Encoding.UTF8.GetString(text.Span)), requestId));
            return Reply(requestId);
        }
    }
}
