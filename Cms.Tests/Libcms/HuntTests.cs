using System.Globalization;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Tests.Segments;
using Xunit;

namespace Cms.Tests.Libcms;

/// <summary>The writer runs in the midst of a read in C, before a load of its choice, as often as memory is used again.</summary>
public sealed class HuntTests
{
    // So little is kept that every block is used again soon.
    private static readonly SegmentOptions Options = new() { MaximumBytes = 1 << 20, InitialEntries = 200, RetainedCommits = 1 };
    private static readonly string[] Keys = [.. Enumerable.Range(0, 4).SelectMany(section => Enumerable.Range(0, 3).Select(option => $"s{section}.o{option}"))];

    [Theory]
    [InlineData("many", 301)]
    [InlineData("many", 302)]
    [InlineData("handles", 303)]
    [InlineData("handles", 304)]
    public async Task Commits_in_the_midst_of_a_read_leave_it_right(string command, int seed)
    {
        using var place = new SegmentPlace();
        using var writer = SegmentWriter.Create(place.Path, SegmentPlace.Journal, Options);
        await using var probe = await ProbeProcess.StartAsync(place.Path);
        var random = new Random(seed);
        var state = new Dictionary<string, string?>();
        Begin(writer, state);
        for (var round = 0; round < 1500; round++)
        {
            var states = new List<Dictionary<string, string?>> { new(state) };
            Assert.Equal("ok", probe.Ask(string.Create(CultureInfo.InvariantCulture, $"stop {random.Next(Keys.Length * (command == "many" ? 18 : 6))}")));
            var answer = Ask(probe, command, () =>
            {
                for (var commits = random.Next(1, 7); commits > 0; commits--)
                {
                    Commit(writer, random, state);
                    states.Add(new(state));
                }
            });
            Check(command, answer, states, $"seed {seed}, round {round}");
        }
    }

    private static string?[] Ask(ProbeProcess probe, string command, Action whenStopped)
    {
        probe.Send($"{command} {string.Join(' ', Keys.Select(key => ProbeProcess.Hex(System.Text.Encoding.ASCII.GetBytes(key))))}");
        var line = probe.Read();
        if (line == "stopped")
        {
            whenStopped();
            probe.Send("go");
            line = probe.Read();
        }

        var words = line.Split(' ');
        Assert.Equal("0", words[0]);
        return [.. Enumerable.Range(0, Keys.Length).Select(index => words[1 + (2 * index)] == "0" ? words[2 + (2 * index)] : null)];
    }

    // Many keys at once are of one commit; handles, asked one after the other, never go back.
    private static void Check(string command, string?[] answer, List<Dictionary<string, string?>> states, string where)
    {
        if (command == "many")
        {
            Assert.True(states.Exists(state => Keys.Select(key => state[key]).SequenceEqual(answer)), $"{where}: {string.Join(' ', answer)} is no commit");
            return;
        }

        var oldest = 0;
        for (var index = 0; index < Keys.Length; index++)
        {
            oldest = states.FindIndex(oldest, state => state[Keys[index]] == answer[index]);
            Assert.True(oldest >= 0, $"{where}: {Keys[index]} is {answer[index]}");
        }
    }

    private static void Begin(SegmentWriter writer, Dictionary<string, string?> state)
    {
        writer.Project(new(1), [.. Enumerable.Range(0, 4).Select(section => new ModuleChange.SectionAdded(new(section + 1), "t", $"s{section}"))]);
        foreach (var key in Keys)
        {
            state[key] = null;
        }
    }

    // Values of few sizes, so that blocks pass from key to key; each is of its revision and no other.
    private static void Commit(SegmentWriter writer, Random random, Dictionary<string, string?> state)
    {
        var revision = writer.Revision.Next;
        var changes = new List<ModuleChange>();
        foreach (var key in Keys.Where(_ => random.Next(2) == 0))
        {
            var section = new SectionId(key[1] - '0' + 1);
            if (state[key] is not null && random.Next(3) == 0)
            {
                changes.Add(new ModuleChange.OptionRemoved(section, key[3..]));
                state[key] = null;
            }
            else
            {
                var value = ConfigValue.FromText(string.Create(CultureInfo.InvariantCulture, $"{key}={revision.Value:d8}") + (random.Next(4) == 0 ? new string('+', 90) : ""));
                changes.Add(new ModuleChange.OptionSet(section, key[3..], value));
                state[key] = ProbeProcess.HexOf(value);
            }
        }

        Assert.True(writer.TryReserve(changes, out _));
        writer.Project(revision, changes);
    }
}
