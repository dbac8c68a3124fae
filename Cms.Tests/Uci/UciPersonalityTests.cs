using System.Text;
using Cms.Cli.Uci;
using Cms.Formats.Mapping;
using Xunit;

namespace Cms.Tests.Uci;

/// <summary>What the recorded session does not show of the personality on files.</summary>
public sealed class UciPersonalityTests : IDisposable
{
    private readonly UciMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void A_package_in_the_override_directory_hides_the_other_and_is_the_one_committed()
    {
        var overriding = Path.Join(_machine.Root, "C2");
        Directory.CreateDirectory(overriding);
        File.WriteAllText(Path.Join(overriding, "t"), "config o 'x'\n");

        Assert.Equal("t.x=o\n", _machine.Run("-C", overriding, "show", "t").Output);
        _machine.Run("-C", overriding, "set", "t.x.v=1");
        Assert.Equal(0, _machine.Run("-C", overriding, "commit", "t").Code);

        Assert.Equal("\nconfig o 'x'\n\toption v '1'\n\n", File.ReadAllText(Path.Join(overriding, "t")));
        Assert.Equal(UciMachine.Router, _machine.Config("t"));
    }

    [Fact]
    public void A_package_given_by_path_is_changed_at_once()
    {
        var path = Path.Join(_machine.ConfigDirectory, "t");

        Assert.Equal(new UciAnswer("", "uci: Parse error\n", 1), _machine.Run("show", "./C/t"));
        Assert.Equal("t.named=rule\nt.named.x='y'\n", _machine.Run("show", path + ".named").Output);
        Assert.Equal(0, _machine.Run("set", path + ".named.x=z").Code);
        Assert.Contains("\toption x 'z'\n", _machine.Config("t"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_machine.SaveDirectory));
    }

    [Fact]
    public void A_missing_directory_is_an_entry_not_found()
    {
        Directory.Delete(_machine.ConfigDirectory, recursive: true);

        Assert.Equal(new UciAnswer("", "uci: Entry not found\n", 1), _machine.Run("show"));
        Assert.Equal(new UciAnswer("", "uci: Entry not found\n", 1), _machine.Run("show", "t"));
    }

    [Fact]
    public void Files_take_their_modes_from_the_package()
    {
        File.SetUnixFileMode(Path.Join(_machine.ConfigDirectory, "t"), (UnixFileMode)Convert.ToInt32("640", 8));

        _machine.Run("set", "t.lan.a=1");
        _machine.Run("commit", "t");

        Assert.Equal("640", ModeOf(Path.Join(_machine.ConfigDirectory, "t")));
        Assert.Equal("755", ModeOf(_machine.SaveDirectory));
        Assert.Equal("640", ModeOf(Path.Join(_machine.SaveDirectory, "t")));
    }

    [Fact]
    public void An_imported_package_is_private_and_may_be_empty()
    {
        Assert.Equal(0, _machine.RunWith("", "import", "e1").Code);

        Assert.Equal("\n", _machine.Config("e1"));
        Assert.Equal("600", ModeOf(Path.Join(_machine.ConfigDirectory, "e1")));
    }

    [Fact]
    public void A_commit_keeps_comments_and_untouched_lines()
    {
        _machine.Write("c", "# mine\nconfig a b # here\n    option x 1\n    option y \"2\" # why\n");

        _machine.Run("set", "c.b.y=3");
        _machine.Run("commit", "c");

        Assert.Equal("# mine\nconfig a b # here\n    option x 1\n\toption y '3' # why\n", _machine.Config("c"));
    }

    [Fact]
    public void A_commit_that_is_switched_off_leaves_everything_waiting()
    {
        var elsewhere = Path.Join(_machine.Root, "P");
        _machine.Run("-P", elsewhere, "set", "t.lan.a=1");

        Assert.Equal(0, _machine.Run("-P", elsewhere, "commit", "t").Code);

        Assert.Equal("t.lan.a='1'\n", File.ReadAllText(Path.Join(elsewhere, "t")));
        Assert.Equal(UciMachine.Router, _machine.Config("t"));
    }

    [Fact]
    public void Changes_in_further_directories_are_seen_and_committed_but_stay()
    {
        var further = Path.Join(_machine.Root, "further");
        Directory.CreateDirectory(further);
        File.WriteAllText(Path.Join(further, "t"), "t.lan.far='1'\n");

        Assert.Equal("1\n", _machine.Run("-p", further, "get", "t.lan.far").Output);
        _machine.Run("-p", further, "commit", "t");

        Assert.Contains("\toption far '1'\n", _machine.Config("t"), StringComparison.Ordinal);
        Assert.Equal("t.lan.far='1'\n", File.ReadAllText(Path.Join(further, "t")));
    }

    [Theory]
    [InlineData("-Z", "invalid option -- 'Z'")]
    [InlineData("-c", "option requires an argument -- 'c'")]
    public void Wrong_options_get_a_reason_and_the_usage(string option, string reason)
    {
        var answer = _machine.Run(option);

        Assert.Equal(0, answer.Code);
        Assert.StartsWith($"uci: {reason}\nUsage: uci ", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_may_be_joined_and_stand_behind_the_command()
    {
        Assert.Equal("1.1.1.1;8.8.8.8\n", _machine.Run("-qd;", "get", "t.lan.dns").Output);
        Assert.Equal("1.1.1.1 8.8.8.8\n", _machine.Run("get", "t.lan.dns", "-q").Output);
        Assert.Equal(255, _machine.Run("get", "--", "-q", "x").Code);
    }

    [Fact]
    public void An_input_that_is_missing_or_given_twice_is_refused()
    {
        Assert.Equal(new UciAnswer("", "uci: No such file or directory\n", 1), _machine.Run("-f", Path.Join(_machine.Root, "no"), "batch"));
        Assert.Equal(new UciAnswer("", "Too many input files.\n", 1), _machine.Run("-f", "a", "-f", "b", "batch"));
    }

    [Fact]
    public void A_batch_can_come_from_a_file()
    {
        var commands = Path.Join(_machine.Root, "commands");
        File.WriteAllText(commands, "set t.lan.a=1\nget t.lan.a\n");

        Assert.Equal("1\n", _machine.Run("-f", commands, "batch").Output);
    }

    [Fact]
    public void A_batch_blames_its_own_line_for_a_bad_address()
    {
        var answer = _machine.RunWith("get t.lan.proto\nget t.a.b.c\nget t.lan.proto\nfoo\nget t.a.b.c\n", "batch");

        Assert.Equal("uci: Parse error (unknown) at line 1, byte 0\nUnknown command\nuci: Parse error (unknown) at line 2, byte 0\n", answer.Error);
        Assert.Equal("static\nstatic\n", answer.Output);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_kept()
    {
        byte[] argument = [.. "t.lan.raw="u8, 0xff, 0xfe];
        Assert.Equal(0, _machine.Run(["set"u8.ToArray(), argument], []).Code);
        _machine.Run("commit", "t");

        var text = File.ReadAllBytes(Path.Join(_machine.ConfigDirectory, "t"));
        byte[] line = [.. "\toption raw '"u8, 0xff, 0xfe, .. "'\n"u8];
        Assert.True(text.AsSpan().IndexOf(line) > 0);
    }

    [Fact]
    public void A_taken_name_and_an_import_out_of_the_directory_are_refused()
    {
        Assert.Equal(new UciAnswer("", "uci: Duplicate entry\n", 1), _machine.Run("rename", "t.lan=named"));
        Assert.Equal(new UciAnswer("", "uci: Duplicate entry\n", 1), _machine.Run("rename", "t.lan.ip=proto"));
        Assert.Equal(new UciAnswer("", "uci: Invalid argument\n", 1), _machine.RunWith("config a b\n", "import", "../x"));
        Assert.Equal(new UciAnswer("", "uci: Duplicate entry\n", 1), _machine.RunWith("package p\npackage q\npackage p\n", "import"));
        Assert.Equal(["t"], Directory.GetFiles(_machine.ConfigDirectory).Select(Path.GetFileName));
        Assert.Empty(_machine.Delta("t"));
    }

    [Fact]
    public void A_merge_into_a_malformed_package_changes_nothing()
    {
        _machine.Write("bad", "foo bar\n");

        Assert.Equal("uci: Parse error (invalid command) at line 1, byte 0\n", _machine.RunWith("config a b\n", "-m", "import", "bad").Error);
        Assert.Equal("foo bar\n", _machine.Config("bad"));
    }

    [Fact]
    public void A_malformed_merge_changes_nothing()
    {
        var answer = _machine.RunWith("config rule new\n\toption x 1\nfoo\n", "-m", "import", "t");

        Assert.Equal(new UciAnswer("", "uci: Parse error (invalid command) at line 3, byte 0\n", 1), answer);
        Assert.Empty(_machine.Delta("t"));
    }

    [Fact]
    public void A_merge_names_its_anonymous_sections()
    {
        _machine.RunWith("config rule\n\toption x 1\nconfig rule\n\tlist l 2\n", "-m", "import", "t");

        Assert.Equal("+t.cfg0592bd='rule'\nt.cfg0592bd.x='1'\n+t.cfg0692bd='rule'\n|t.cfg0692bd.l='2'\n", _machine.Delta("t"));
        Assert.Equal("1\n", _machine.Run("get", "t.@rule[-2].x").Output);
    }

    [Fact]
    public void A_batch_sees_what_others_do_between_its_commands()
    {
        using var input = new ScriptedStream(
            ("get t.lan.ip\n", () => _machine.Run("set", "t.lan.ip=10.0.0.2")),
            ("get t.lan.ip\n", () => _machine.Run("commit", "t")),
            ("get t.lan.ip\n", () => _machine.Write("t", "config interface lan\n\toption ip 10.0.0.3\n")),
            ("set t.lan.mine=1\nget t.lan.ip\nget t.lan.mine\n", () => _machine.Delta("t")));

        Assert.Equal("10.0.0.1\n10.0.0.2\n10.0.0.2\n10.0.0.3\n1\n", RunOn(input, "batch"));
    }

    [Fact]
    public void A_batch_does_not_read_a_large_package_anew_for_each_command()
    {
        var text = new StringBuilder();
        for (var section = 0; section < 20_000; section++)
        {
            text.Append($"config rule 's{section}'\n\toption a 1\n\toption b 2\n\toption c 3\n\toption d 4\n\toption e 5\n");
        }

        _machine.Write("big", text.ToString());
        var commands = string.Concat(Enumerable.Range(0, 5000).Select(index => $"set big.s{index}.a=x{index}\nget big.s{index}.a\n"));

        var answer = _machine.RunWith(commands, "batch");

        Assert.Equal(string.Concat(Enumerable.Range(0, 5000).Select(index => $"x{index}\n")), answer.Output);
        Assert.Equal(5000, _machine.Delta("big").Count(one => one == '\n'));
    }

    [Fact]
    public void Changes_that_a_killed_commit_had_written_are_not_done_twice()
    {
        _machine.Run("add_list", "t.lan.dns=9.9.9.9");
        var delta = _machine.Delta("t");
        _machine.Run("commit", "t");
        using (var file = RawFile.OpenOrCreate(Path.Join(_machine.SaveDirectory, "t"), 0))
        {
            RandomAccess.Write(file, Encoding.UTF8.GetBytes(delta), 0);
            DeltaMark.Append(file, Encoding.UTF8.GetBytes(_machine.Config("t")));
        }

        Assert.Equal("1.1.1.1 8.8.8.8 9.9.9.9\n", _machine.Run("get", "t.lan.dns").Output);
        Assert.Empty(_machine.Run("changes", "t").Output);

        _machine.Run("add_list", "t.lan.dns=7.7.7.7");
        Assert.Equal("t.lan.dns+='7.7.7.7'\n", _machine.Run("changes", "t").Output);
        _machine.Run("commit", "t");
        Assert.Equal("1.1.1.1 8.8.8.8 9.9.9.9 7.7.7.7\n", _machine.Run("get", "t.lan.dns").Output);
        Assert.Empty(_machine.Delta("t"));
    }

    [Fact]
    public void Nothing_is_locked_or_made_by_a_command_that_fails()
    {
        _machine.Run("set", "t.nosec.x=1");
        _machine.Run("add", "t", "bad type");

        Assert.False(Directory.Exists(_machine.SaveDirectory));
        Assert.Equal(["t"], Directory.GetFiles(_machine.ConfigDirectory).Select(Path.GetFileName));
    }

    private static string ModeOf(string path) => Convert.ToString(FileStatus.TryOf(path)!.Value.Permissions, 8);

    private string RunOn(Stream input, params string[] arguments)
    {
        using var output = new MemoryStream();
        string[] all = ["-c", _machine.ConfigDirectory, "-t", _machine.SaveDirectory, .. arguments];
        var environment = new UciEnvironment { OverrideDirectory = "/nonexistent", SaveDirectory = "/nonexistent/save" };
        UciPersonality.Run([.. all.Select(one => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(one))], input, output, Stream.Null, environment);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    /// <summary>Gives its pieces one by one, and lets something happen before it gives the next.</summary>
    private sealed class ScriptedStream(params (string Text, Action After)[] steps) : MemoryStream
    {
        private int _next;

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_next > 0 && _next <= steps.Length)
            {
                steps[_next - 1].After();
            }

            return _next++ < steps.Length ? Encoding.UTF8.GetBytes(steps[_next - 1].Text, 0, steps[_next - 1].Text.Length, buffer, offset) : 0;
        }
    }
}
