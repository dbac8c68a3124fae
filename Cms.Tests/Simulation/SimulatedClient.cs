using Cms.Actors.Modules;
using Cms.Actors.Transactions;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Storage.Journals;

namespace Cms.Tests.Simulation;

/// <summary>Somebody who reads, asks, and asks again under the same request id until an answer stands.</summary>
internal sealed class SimulatedClient(SimulatedMachine machine, Invariants invariants, IReadOnlyList<string> modules, string name, int seed, bool hasSchemas)
{
    /// <summary>Stands with every commit that a client asked for; its message is the request id.</summary>
    public const string Gateway = "simulation";

    private static readonly TimeSpan GivesUpAfter = TimeSpan.FromMinutes(10);

    private readonly Random _random = new(seed);
    private readonly RandomCommands _commands = new(new Random(seed + 1), name);
    private readonly SchemaCommands _schemas = new(new Random(seed + 2), name, modules);
    private readonly List<Asked> _answered = [];
    private int _requests;

    /// <summary>Goes on until it has sent so many requests.</summary>
    public async Task RunAsync(int requests)
    {
        while (_requests < requests)
        {
            await PauseAsync(_random.Next(_random.Next(4) == 0 ? 2_000 : 30));
            switch (_random.Next(10))
            {
                case 0 when _answered.Count > 0:
                    await SendAsync(_answered[_random.Next(_answered.Count)]);
                    break;
                case 1 or 2:
                    await SendAsync(NextTransaction());
                    break;
                case 3:
                    _requests++;
                    await new TransactionClient(machine, invariants, modules, name, _random).RunAsync();
                    break;
                default:
                    await SendAsync(NextCommand());
                    break;
            }
        }
    }

    private Asked NextCommand()
    {
        var (module, id) = (modules[_random.Next(modules.Count)], NextId());
        return new Asked(id, [hasSchemas && _random.Next(2) == 0 ? _schemas.Next(module, id) : _commands.Next(module, id, View(module))]);
    }

    // A transfer between counters, perhaps under the condition that a third module stays as it is.
    private Asked NextTransaction()
    {
        var (id, amount) = (NextId(), _random.Next(1, 9));
        var chosen = modules.ToArray();
        _random.Shuffle(chosen);
        var origin = new CommitOrigin(name, Gateway, id, id);
        var parts = new List<AskedPart>
        {
            RandomCommands.Add(chosen[0], origin, View(chosen[0]), -amount),
            RandomCommands.Add(chosen[1], origin, View(chosen[1]), amount),
        };
        if (chosen.Length > 2 && _random.Next(2) == 0)
        {
            var revision = View(chosen[2]).Revision;
            parts.Add(new AskedPart(chosen[2], null, $"must be at {revision}") { Expected = revision });
        }

        return new Asked(id, parts);
    }

    private async Task SendAsync(Asked asked)
    {
        invariants.Expect(asked);
        machine.Trace.Add($"{name} asks {asked}");
        var since = machine.Clock.Now;
        while (true)
        {
            var refusal = await AskAsync(asked);
            machine.Trace.Add($"{name} hears of {asked.RequestId}: {refusal?.ToString() ?? "done"}");
            if (!Invariants.IsPassing(refusal))
            {
                if (refusal is null)
                {
                    _answered.Add(asked);
                }

                return;
            }

            if (machine.Clock.Now - since > GivesUpAfter)
            {
                throw new InvariantViolation($"{asked} was put off for {GivesUpAfter}: {refusal!.Message}");
            }

            if (_random.Next(20) == 0)
            {
                // Whoever gives up leaves an outcome that nobody knows.
                return;
            }

            await PauseAsync(_random.Next(1, 3_000));
        }
    }

    private async Task<Refusal?> AskAsync(Asked asked)
    {
        if (machine.Node is not { } node)
        {
            return new Refusal(ErrorCode.Unavailable, "no daemon runs");
        }

        var reply = asked.Parts.Count == 1
            ? await node.CallAsync(asked.ToString(), Modules(asked), each => AskOneAsync(each, asked.Parts[0]), reply => invariants.CheckReply(asked, reply.Modules, reply.Refusal))
            : await node.CallAsync(asked.ToString(), Modules(asked), each => AskAllAsync(each, asked), reply => invariants.CheckReply(asked, reply.Modules, reply.Refusal));
        return reply is null ? new Refusal(ErrorCode.Unavailable, "the connection was lost") : reply.Refusal;
    }

    private static IReadOnlyList<string> Modules(Asked asked) => [.. asked.Parts.Select(part => part.Module)];

    private static async Task<TransactionReply> AskOneAsync(SimulatedNode node, AskedPart part)
    {
        var reply = await node.Modules!.GetOrStart(part.Module).AskAsync(part.Command!, CancellationToken.None);
        return new TransactionReply("", new Dictionary<string, ModuleReply> { [part.Module] = reply }, reply.Refusal);
    }

    private static Task<TransactionReply> AskAllAsync(SimulatedNode node, Asked asked) => node.Transactions!.CommitAsync(
        [.. asked.Parts.Select(part => new TransactionPart(part.Module, part.Command) { Expected = part.Expected })], CancellationToken.None);

    private IModuleView View(string module) => invariants.Read(module) ?? EmptyModuleView.Instance;

    private string NextId() => $"{name}.{++_requests}";

    private Task PauseAsync(int milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), machine.Clock, CancellationToken.None);
}
