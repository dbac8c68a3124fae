using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Storage.Confirmations;
using Cms.Storage.Journals;

namespace Cms.Actors.Modules;

/// <summary>Commands decided on top of each other, to be made durable together.</summary>
/// <remarks>Pure: it holds decisions, effects are the shell's.</remarks>
internal sealed class Batch(IModuleView ground, EditLimits limits)
{
    private readonly Overlay _state = new(ground);
    private readonly List<Commit> _commits = [];
    private readonly Dictionary<string, Commit> _byRequest = [];

    /// <summary>The revision that the next command sees.</summary>
    public Revision Revision => _state.Revision;

    /// <summary>The commits decided so far, with consecutive revisions.</summary>
    public IReadOnlyList<Commit> Commits => _commits;

    /// <summary>Decides a command on the state that those before it leave.</summary>
    /// <param name="command">What is asked.</param>
    public Decision Decide(ModuleCommand command)
    {
        var decision = ModuleDecider.Decide(_state, command, limits);
        if (decision.Changes.Count == 0)
        {
            return decision;
        }

        var commit = new Commit(_state.Revision.Next, OriginOf(command, decision), decision.Changes, command.Confirmation);
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
    internal sealed record Commit(Revision Revision, CommitOrigin Origin, IReadOnlyList<ModuleChange> Changes, ConfirmationTerms? Confirmation);
}
