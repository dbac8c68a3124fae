namespace Cms.Formats.Uci;

/// <summary>Which reading of UCI text is meant; the two differ in nothing else than what is said here.</summary>
public enum UciDialect
{
    /// <summary>
    /// As the reference command line reads it: text behind a <c>;</c> that is glued to an unquoted word is dropped, and an
    /// option without a value, or with an empty one, has no effect.
    /// </summary>
    Reference,

    /// <summary>
    /// As <c>cms</c> reads it: <c>;</c> ends a command and the next one follows on the same line, and
    /// <c>option x ''</c> stores an empty string. An option without any value still has no effect.
    /// </summary>
    Cms,
}
