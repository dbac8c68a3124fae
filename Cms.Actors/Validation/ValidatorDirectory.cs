using System.Globalization;
using Cms.Actors.Topics;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Actors.Validation;

/// <summary>Those who are asked before commits become durable.</summary>
/// <remarks>
/// Any thread may call. A module asks when a commit is decided and room for it is reserved, and waits; nothing else is done in the
/// module meanwhile. A module that concerns no validator pays one look at an empty list.
/// </remarks>
public sealed class ValidatorDirectory
{
    private const int MaxValidators = 1000;

    // Flows with the request into whatever hands its command in.
    private static readonly AsyncLocal<WritingCaller?> Caller = new();

    private readonly long _epoch;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private Validator[] _validators = [];
    private long _lastId;

    /// <param name="epoch">Of the journal, so that ids are never given twice.</param>
    /// <param name="clock">The time.</param>
    internal ValidatorDirectory(long epoch, TimeProvider clock) => (_epoch, _clock) = (epoch, clock);

    /// <summary>Whether anybody validates anything.</summary>
    public bool IsEmpty => Volatile.Read(ref _validators).Length == 0;

    /// <summary>The names of those who validate.</summary>
    public IReadOnlyList<string> Names => [.. Volatile.Read(ref _validators).Select(validator => validator.Terms.Name)];

    /// <summary>Says who makes the requests of this asynchronous flow from here on.</summary>
    public static void Enter(WritingCaller caller) => Caller.Value = caller;

    /// <summary>Begins to ask a validator; one of the same name is ended.</summary>
    /// <exception cref="RefusedException">The terms are not legal, or there are too many validators.</exception>
    public Validator Register(ValidatorTerms terms)
    {
        MessageTopicDirectory.CheckName(terms.Name, "validator");
        if (terms.Patterns.Count is 0 or > TopicLimits.MaxPatterns)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"there are {terms.Patterns.Count} patterns; use 1 to {TopicLimits.MaxPatterns}");
        }

        if (terms.Deadline <= TimeSpan.Zero || terms.Deadline > ValidatorTerms.LongestDeadline)
        {
            throw new RefusedException(
                ErrorCode.InvalidArgument, $"a deadline of {terms.Deadline.TotalMilliseconds} ms is not legal: use 1 to {ValidatorTerms.LongestDeadline.TotalMilliseconds}");
        }

        var validator = new Validator(this, terms, _clock);
        Validator? earlier;
        lock (_lock)
        {
            earlier = _validators.FirstOrDefault(each => each.Terms.Name == terms.Name);
            if (earlier is null && _validators.Length >= MaxValidators)
            {
                throw new RefusedException(ErrorCode.Busy, $"there are {_validators.Length} validators, as many as there may be; end some");
            }

            Volatile.Write(ref _validators, [.. _validators.Where(each => each != earlier), validator]);
        }

        earlier?.Dispose();
        return validator;
    }

    /// <summary>Gives a validator's answer.</summary>
    /// <param name="id">Of the validation.</param>
    /// <param name="validator">The validator's name.</param>
    /// <param name="accepts">Whether the commit may be made.</param>
    /// <param name="message">Why not; for the caller.</param>
    /// <exception cref="RefusedException">Nobody waits for it: it comes too late, or was given before.</exception>
    public void Answer(string id, string validator, bool accepts, string message)
    {
        var asked = Volatile.Read(ref _validators).FirstOrDefault(each => each.Terms.Name == validator);
        if (asked?.TryAnswer(id, new ValidationAnswer(accepts, message)) != true)
        {
            throw new RefusedException(ErrorCode.NotFound, $"validation '{id}' does not wait for validator '{validator}': the answer is late, or was given before");
        }
    }

    /// <summary>Whether commits of a module may concern a validator.</summary>
    internal bool Concerns(ModuleName module)
    {
        var validators = Volatile.Read(ref _validators);
        return validators.Length > 0 && validators.Any(validator => validator.Concerns(module));
    }

    /// <summary>Why the caller of this flow may not write to a module now, or null.</summary>
    /// <remarks>The module waits for the caller's answer, and the caller would wait for the module.</remarks>
    internal Refusal? CheckWriter(ModuleName module)
    {
        var validators = Volatile.Read(ref _validators);
        if (validators.Length == 0 || Caller.Value is not { } caller)
        {
            return null;
        }

        var asked = validators.FirstOrDefault(validator =>
            (validator.Terms.IsAnsweredBy(caller) && validator.Owes(module, validation: null))
            || (caller.Validation is { } validation && validator.Owes(module, validation)));
        return asked is null ? null : new Refusal(
            ErrorCode.Locked, $"a commit of module '{module}' waits for the answer of validator '{asked.Terms.Name}', which is the caller; answer first, or write to other modules");
    }

    /// <summary>Asks every validator that commits concern.</summary>
    /// <param name="commits">All modules of one commit.</param>
    /// <returns>The refusal of one of them, or null when all accept.</returns>
    internal async Task<Refusal?> AskAsync(IReadOnlyList<TopicEvent.Committed> commits)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{_epoch}-{Interlocked.Increment(ref _lastId)}");
        var answers = Volatile.Read(ref _validators)
            .Select(validator => (Validator: validator, Commits: Matching(validator, commits)))
            .Where(asked => asked.Commits.Count > 0)
            .Select(asked => (asked.Validator, Answer: asked.Validator.AskAsync(new PendingValidation(id, asked.Validator.Terms.Deadline, asked.Commits))))
            .ToList();
        Refusal? refusal = null;
        foreach (var (validator, answering) in answers)
        {
            var answer = await answering;
            refusal ??= answer.Accepts ? null : new Refusal(ErrorCode.Vetoed, $"validator '{validator.Terms.Name}' refuses the commit: {answer.Message}");
        }

        return refusal;
    }

    internal void Remove(Validator validator)
    {
        lock (_lock)
        {
            Volatile.Write(ref _validators, [.. _validators.Where(each => each != validator)]);
        }
    }

    private static List<TopicEvent.Committed> Matching(Validator validator, IReadOnlyList<TopicEvent.Committed> commits) =>
        [.. commits.Select(commit => TopicPattern.Filter(validator.Terms.Patterns, commit)).OfType<TopicEvent.Committed>()];
}
