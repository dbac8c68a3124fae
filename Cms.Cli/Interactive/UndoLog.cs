using Cms.Client;
using Cms.Client.Sessions;

namespace Cms.Cli.Interactive;

/// <summary>What was done in an interactive session and can be taken back, step by step.</summary>
/// <param name="paths">The node.</param>
/// <param name="revisionOf">The committed revision of a module; null when it cannot be read.</param>
internal sealed class UndoLog(NodePaths paths, Func<string, long?> revisionOf)
{
    private readonly Stack<Step> _steps = [];

    /// <summary>One step.</summary>
    public abstract record Step
    {
        /// <summary>Operations were staged: so many were there before.</summary>
        public sealed record Staged(string Module, int Before) : Step;

        /// <summary>A commit was made.</summary>
        public sealed record Committed(string Module, long Before, long After) : Step;
    }

    /// <summary>What is staged, and the revisions of the modules that something is staged in.</summary>
    public sealed record State(IReadOnlyDictionary<string, int> Staged, IReadOnlyDictionary<string, long> Revisions);

    /// <summary>How things are before a line is run.</summary>
    public State Look()
    {
        var staged = StagedFile.Modules(paths.SessionDirectory).ToDictionary(module => module, module => StagedFile.Read(paths.SessionDirectory, module).Operations.Count);
        return new State(staged, staged.Keys.Select(module => (module, Revision: revisionOf(module))).Where(each => each.Revision is not null).ToDictionary(each => each.module, each => each.Revision!.Value));
    }

    /// <summary>Takes note of what a line has done.</summary>
    public void Note(State before)
    {
        var now = Look();
        foreach (var (module, count) in now.Staged)
        {
            var was = before.Staged.GetValueOrDefault(module);
            if (count > was)
            {
                _steps.Push(new Step.Staged(module, was));
            }
        }

        foreach (var (module, revision) in before.Revisions)
        {
            if (now.Staged.GetValueOrDefault(module) < before.Staged[module] && revisionOf(module) is { } after && after > revision)
            {
                _steps.Push(new Step.Committed(module, revision, after));
            }
        }
    }

    /// <summary>The last step that still stands; null when there is none.</summary>
    public Step? Take()
    {
        while (_steps.TryPop(out var step))
        {
            // What was reverted or committed since is no longer there to be dropped.
            if (step is not Step.Staged staged || StagedFile.Read(paths.SessionDirectory, staged.Module).Operations.Count > staged.Before)
            {
                return step;
            }
        }

        return null;
    }

    /// <summary>Drops what was staged in a step.</summary>
    /// <returns>How many operations were dropped.</returns>
    public int Drop(Step.Staged step)
    {
        using var held = StagedFile.Open(paths.SessionDirectory, step.Module);
        var all = held.Staged.Operations;
        held.Replace([.. all.Take(step.Before)]);
        return Math.Max(all.Count - step.Before, 0);
    }
}
