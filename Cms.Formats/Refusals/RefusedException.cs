namespace Cms.Formats.Refusals;

/// <summary>Carries a <see cref="Refusals.Refusal"/> out of a parser or a client call to where it is answered.</summary>
public sealed class RefusedException : Exception
{
    /// <summary>Wraps a refusal.</summary>
    public RefusedException(Refusal refusal)
        : base(refusal.Message) => Refusal = refusal;

    /// <summary>Wraps a refusal with this code and message.</summary>
    public RefusedException(ErrorCode code, string message)
        : this(new Refusal(code, message))
    {
    }

    /// <summary>What was refused and why.</summary>
    public Refusal Refusal { get; }

    /// <summary>The message without the values of options that it has, for options that are secret; null when it has none.</summary>
    internal string? WithoutValues { get; init; }
}
