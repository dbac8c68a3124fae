using Cms.Actors.Access;
using Cms.Actors.Schemas;
using Cms.Actors.Secrets;
using Cms.Formats.Audit;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Storage.Confirmations;
using Cms.Storage.Journals;

namespace Cms.Actors.Modules;

/// <summary>Commands decided on top of each other, to be made durable together.</summary>
/// <remarks>Pure: it holds decisions, effects are the shell's.</remarks>
/// <param name="ground">The module as readers see it.</param>
/// <param name="limits">The bounds to keep.</param>
/// <param name="gate">Checks what was decided.</param>
/// <param name="schema">The schema that holds before, or null.</param>
/// <param name="isPart">Whether other modules hold still until the verdict, so that what concerns them can be decided.</param>
/// <param name="keys">What seals the module's secrets.</param>
internal sealed class Batch(IModuleView ground, EditLimits limits, SchemaGate gate, ModuleSchema? schema, bool isPart, ModuleKeys keys)
{
    private readonly Overlay _state = new(ground);
    private readonly List<Commit> _commits = [];
    private readonly Dictionary<string, Commit> _byRequest = [];
    private readonly SecretSealer _sealer = new(keys, limits);

    /// <summary>The revision that the next command sees.</summary>
    public Revision Revision => _state.Revision;

    /// <summary>The module as those decided so far leave it, with the plain text of its secrets.</summary>
    public IModuleView State => keys.Unseal(_state);

    /// <summary>The schema that holds after those decided so far, or null.</summary>
    public ModuleSchema? Schema { get; private set; } = schema;

    /// <summary>What the commit of a part says about other modules.</summary>
    public ReferenceClaims Claims { get; private set; } = ReferenceClaims.None;

    /// <summary>The commits decided so far, with consecutive revisions.</summary>
    public IReadOnlyList<Commit> Commits => _commits;

    /// <summary>Decides a command on the state that those before it leave.</summary>
    /// <param name="command">What is asked.</param>
    public Decision Decide(ModuleCommand command)
    {
        try
        {
            return DecideAndCheck(command);
        }
        catch (RefusedException unreadable)
        {
            return Decision.Reject(unreadable.Refusal);
        }
        catch (FormatException unreadable)
        {
            return Decision.Reject(new Refusal(ErrorCode.Unavailable, $"the module's schema cannot be read: {unreadable.Message}; restore the module from a backup"));
        }
    }

    private Decision DecideAndCheck(ModuleCommand command)
    {
        if (command is ModuleCommand.Reseal)
        {
            var (anew, unready) = _sealer.SealAnew(_state);
            return unready is not null ? Decision.Reject(unready) : anew.Count == 0 ? Decision.Nothing : Accept(command, Decision.Nothing.Sealed(anew));
        }

        var before = State;
        if (command.Condition?.Invoke(before) is { } unmet)
        {
            return Decision.Reject(unmet);
        }

        var decision = AccessGate.Decide(gate.Module, before, command, limits, Schema, new DecidedSecrets(keys, _state));
        if (decision.Changes.Count == 0)
        {
            return decision;
        }

        var passed = gate.Check(before, command, decision, Schema);
        if (passed.Refusal is { } refusal)
        {
            return Decision.Reject(AccessGate.Show(gate.Module, refusal, command, decision.After!));
        }

        if (!isPart && passed.Claims.Needs.Count > 0)
        {
            // A module that there is not is not asked to hold still, which would make it.
            return gate.FindNowhere(passed.Claims) is { } nowhere ? Decision.Reject(nowhere) : Decision.Widen(passed.Claims.Needs);
        }

        // Everybody has looked at the plain text; what becomes durable is sealed.
        var (changes, unsealed) = _sealer.Seal(_state, decision.Changes, passed.Schema, isNewSchema: !ReferenceEquals(passed.Schema, Schema));
        if (unsealed is not null)
        {
            return Decision.Reject(unsealed);
        }

        decision = ReferenceEquals(changes, decision.Changes) ? decision : decision.Sealed(changes);
        (Schema, Claims) = (passed.Schema, passed.Claims);
        return Accept(command, decision);
    }

    private Decision Accept(ModuleCommand command, Decision decision)
    {
        var commit = new Commit(_state.Revision.Next, OriginOf(command, decision), decision.Changes, command.Confirmation) { Paths = TouchedPaths.Of(_state, decision.Changes) };
        _state.Apply(commit.Revision, commit.Changes);
        _commits.Add(commit);
        if (command.Origin.RequestId is { } requestId)
        {
            _byRequest.Add(requestId, commit);
        }

        return decision;
    }

    // The history says what a roll-back left alone.
    private static CommitOrigin OriginOf(ModuleCommand command, Decision decision) =>
        command is ModuleCommand.Revert && decision.Conflicts.Count > 0
            ? command.Origin with { Message = $"{command.Origin.Message}; {ModuleReply.Describe(decision.Conflicts)}" }
            : command.Origin;

    /// <summary>The commit of this batch that answered the request, or null.</summary>
    public Commit? FindRequest(string requestId) => _byRequest.GetValueOrDefault(requestId);

    /// <summary>One accepted command.</summary>
    internal sealed record Commit(Revision Revision, CommitOrigin Origin, IReadOnlyList<ModuleChange> Changes, ConfirmationTerms? Confirmation)
    {
        /// <summary>The first addresses that it touches.</summary>
        public IReadOnlyList<string> Paths { get; init; } = [];
    }
}
