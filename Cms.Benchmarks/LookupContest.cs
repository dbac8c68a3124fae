// One run of all tables side by side. Invariants:
// - Every round measures every table once, in the same order, so that what disturbs the machine disturbs all of them.
// - A walk that does not end where it must ends the run: a figure of wrong answers is none.
using System.Diagnostics;
using System.Globalization;
using Cms.Formats.Segments;

namespace Cms.Benchmarks;

/// <summary>Measures lookups of ours from C# and from C, and of the peers, in rounds.</summary>
internal sealed class LookupContest(WorkerProcess native, SegmentReader reader, SegmentReader? huge, DictionaryWalk dictionary)
{
    private const int Rounds = 11;
    private const int WarmUpWalks = 300;
    private const long WarmUpSteps = 6_400;
    private const long RandomSteps = 320_000;
    private const long HotSteps = 2_000_000;
    // The compiler of hot code works beside the program and does not say when it is done.
    private static readonly TimeSpan CompilerPause = TimeSpan.FromSeconds(0.5);

    private readonly SegmentWalks _walks = new(reader);
    private readonly SegmentWalks? _hugeWalks = huge is null ? null : new(huge);
    private readonly Dictionary<string, List<double>> _times = [];

    /// <summary>The median time of a lookup, in nanoseconds.</summary>
    public double Median(string name) => _times[name].Order().ElementAt(Rounds / 2);

    /// <summary>The median over the rounds of one table's time in parts of another's in the same round.</summary>
    public double Ratio(string name, string other) => _times[name].Zip(_times[other], (one, two) => one / two).Order().ElementAt(Rounds / 2);

    /// <summary>Whether this was measured.</summary>
    public bool Has(string name) => _times.ContainsKey(name);

    /// <summary>Warms up and measures.</summary>
    public async Task RunAsync()
    {
        await WarmUpAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var state = unchecked((ulong)(round + 1) * 0x9E37_79B9_7F4A_7C15);
            await NativeAsync("uthash", state, Reach.Random, Reach.Hot);
            await NativeAsync("lmdb", state, Reach.Random, Reach.Hot);
            await NativeAsync("cms", state, Reach.Random, Reach.Hot, Reach.Handle, Reach.Number, Reach.Batch);
            Managed("ours", _walks.Walk, state, Reach.Random, Reach.Hot, Reach.Handle, Reach.Number, Reach.Batch);
            Managed("dictionary", (_, steps, from) => dictionary.WalkHot(steps, from), state, Reach.Hot);
            if (_hugeWalks is not null)
            {
                await NativeAsync("cms-huge", state, Reach.Random, Reach.Batch);
                Managed("ours-huge", _hugeWalks.Walk, state, Reach.Random, Reach.Batch);
            }
        }
    }

    // The compiler takes its time to make quick code of what runs often, in the background.
    private async Task WarmUpAsync()
    {
        for (var part = 0; part < 3; part++)
        {
            for (var walk = 0; walk < WarmUpWalks; walk++)
            {
                foreach (var reach in Enum.GetValues<Reach>())
                {
                    _ = _walks.Walk(reach, WarmUpSteps, (ulong)walk << 40);
                    _ = _hugeWalks?.Walk(reach, WarmUpSteps, (ulong)walk << 40);
                }

                _ = dictionary.WalkHot(WarmUpSteps, (ulong)walk << 40);
            }

            await Task.Delay(CompilerPause);
        }
    }

    private async Task NativeAsync(string table, ulong state, params Reach[] reaches)
    {
        foreach (var reach in reaches)
        {
            var steps = StepsOf(reach);
            await native.TellAsync(string.Create(CultureInfo.InvariantCulture, $"{table} {Name(reach)} {steps} {state}"));
            var words = await native.HearAsync();
            Note(table, reach, double.Parse(words[0], CultureInfo.InvariantCulture), ulong.Parse(words[1], CultureInfo.InvariantCulture), state);
        }
    }

    private void Managed(string table, Func<Reach, long, ulong, ulong> walk, ulong state, params Reach[] reaches)
    {
        foreach (var reach in reaches)
        {
            var begun = Stopwatch.GetTimestamp();
            var end = walk(reach, StepsOf(reach), state);
            Note(table, reach, Stopwatch.GetElapsedTime(begun).TotalNanoseconds, end, state);
        }
    }

    private void Note(string table, Reach reach, double nanoseconds, ulong end, ulong start)
    {
        var name = $"{table} {Name(reach)}";
        if (end != LookupData.Expected(reach, StepsOf(reach), start))
        {
            throw new InvalidDataException($"{name}: some lookups were answered wrongly");
        }

        if (!_times.TryGetValue(name, out var times))
        {
            _times[name] = times = [];
        }

        times.Add(nanoseconds / StepsOf(reach));
    }

    private static long StepsOf(Reach reach) => reach is Reach.Random or Reach.Batch ? RandomSteps : HotSteps;

    private static string Name(Reach reach) => reach switch
    {
        Reach.Random => "random",
        Reach.Hot => "hot",
        Reach.Handle => "handle",
        Reach.Number => "number",
        Reach.Batch => "batch",
        _ => throw new UnreachableException(),
    };
}
