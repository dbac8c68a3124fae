using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Cms.Formats.Modules;

namespace Cms.Actors.Validation;

/// <summary>One who is asked before commits become durable. When it is disposed, what it owes counts as its default.</summary>
/// <remarks>One caller at a time takes; any thread may answer and dispose.</remarks>
public sealed class Validator : IDisposable
{
    // A module waits for one answer of a validator at a time, so there are never more than modules.
    private readonly Channel<PendingValidation> _asked = Channel.CreateUnbounded<PendingValidation>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ValidatorDirectory _directory;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Debt> _debts = [];
    private bool _isGone;

    internal Validator(ValidatorDirectory directory, ValidatorTerms terms, TimeProvider clock) => (_directory, Terms, _clock) = (directory, terms, clock);

    /// <summary>What was agreed.</summary>
    public ValidatorTerms Terms { get; }

    /// <summary>Waits for a commit to validate.</summary>
    /// <returns>False when it was disposed, or another one took its name over.</returns>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation) => _asked.Reader.WaitToReadAsync(cancellation);

    /// <summary>Takes a commit to validate, if there is one.</summary>
    public bool TryTake([MaybeNullWhen(false)] out PendingValidation pending) => _asked.Reader.TryRead(out pending);

    /// <inheritdoc/>
    public void Dispose()
    {
        _directory.Remove(this);
        List<Debt> debts;
        lock (_lock)
        {
            _isGone = true;
            debts = [.. _debts.Values];
        }

        _asked.Writer.TryComplete();
        debts.ForEach(debt => debt.Answer.TrySetResult(Default("ended before it answered")));
    }

    /// <summary>Whether commits of a module may concern it.</summary>
    internal bool Concerns(ModuleName module) => Terms.Patterns.Any(pattern => pattern.Matches(module));

    /// <summary>Whether it has not answered yet about a commit of a module.</summary>
    internal bool Owes(ModuleName module, string? validation)
    {
        lock (_lock)
        {
            return _debts.Values.Any(debt =>
                (validation is null || validation == debt.Pending.Id) && debt.Pending.Commits.Any(commit => commit.Module == module));
        }
    }

    /// <summary>Asks about commits.</summary>
    /// <returns>Its answer, or its default.</returns>
    internal async Task<ValidationAnswer> AskAsync(PendingValidation pending)
    {
        var debt = new Debt(pending);
        lock (_lock)
        {
            if (_isGone)
            {
                // It is gone like one that was never there.
                return new ValidationAnswer(true, "");
            }

            _debts.Add(pending.Id, debt);
        }

        await using var deadline = _clock.CreateTimer(
            _ => debt.Answer.TrySetResult(Default($"did not answer within {pending.Deadline.TotalMilliseconds} ms")), null, pending.Deadline, Timeout.InfiniteTimeSpan);
        _asked.Writer.TryWrite(pending);
        try
        {
            return await debt.Answer.Task;
        }
        finally
        {
            lock (_lock)
            {
                _debts.Remove(pending.Id);
            }
        }
    }

    /// <summary>Notes an answer.</summary>
    /// <returns>False when nobody waits for it any more.</returns>
    internal bool TryAnswer(string id, ValidationAnswer answer)
    {
        lock (_lock)
        {
            return _debts.TryGetValue(id, out var debt) && debt.Answer.TrySetResult(answer);
        }
    }

    private ValidationAnswer Default(string why) => new(Terms.AcceptsByDefault, why);

    private sealed record Debt(PendingValidation Pending)
    {
        public TaskCompletionSource<ValidationAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>What a validator says.</summary>
/// <param name="Accepts">Whether the commit may be made.</param>
/// <param name="Message">Why not; for the caller.</param>
internal sealed record ValidationAnswer(bool Accepts, string Message);
