using Cms.Actors.Topics;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Storage.Journals;

namespace Cms.Tests.Simulation;

/// <summary>Somebody who wants to hear of every commit, and after a lost connection goes on where it was.</summary>
internal sealed class SimulatedWatcher(SimulatedMachine machine, Invariants invariants, string name, int seed)
{
    private readonly Random _random = new(seed);
    private readonly Dictionary<string, Revision> _heard = [];

    /// <summary>The newest revision of each module that it has heard of.</summary>
    public IReadOnlyDictionary<string, Revision> Heard => _heard;

    /// <summary>Listens as long as the machine runs.</summary>
    public async Task RunAsync()
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(1, 1_000)), machine.Clock, CancellationToken.None);
            if (machine.Node is { IsServing: true } node)
            {
                await node.ListenAsync(each => ListenAsync(each, _random.Next(3) == 0 ? _random.Next(1, 20) : int.MaxValue));
            }
        }
    }

    private async Task ListenAsync(SimulatedNode node, int most)
    {
        try
        {
            var position = new JournalPosition(null, new Dictionary<string, Revision>(_heard));
            using var subscription = node.Modules!.Topics.Subscribe([TopicPattern.Parse("*")], position, _random.Next(2) == 0);
            while (most > 0 && await subscription.WaitAsync(CancellationToken.None))
            {
                foreach (var happened in await subscription.TakeAsync(CancellationToken.None))
                {
                    Hear((TopicEvent.Committed)happened);
                    most--;
                }
            }
        }
        catch (Exception refused) when (refused is RefusedException or JournalException)
        {
            machine.Trace.Add($"{name} cannot listen: {refused.Message}");
        }
    }

    private void Hear(TopicEvent.Committed happened)
    {
        var module = happened.Module.Name;
        var last = _heard.GetValueOrDefault(module);
        if (happened.Revision != last.Next)
        {
            throw new InvariantViolation($"{name} hears of revision {happened.Revision} of {module} after {last}");
        }

        invariants.CheckTold(happened);
        _heard[module] = happened.Revision;
    }
}
