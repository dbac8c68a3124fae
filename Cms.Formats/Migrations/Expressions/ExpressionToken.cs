namespace Cms.Formats.Migrations.Expressions;

/// <summary>What a token of an expression is.</summary>
internal enum ExpressionTokenKind
{
    /// <summary>Nothing is left.</summary>
    End,

    /// <summary>Digits, perhaps with a point.</summary>
    Number,

    /// <summary>What stood in quotes, without them.</summary>
    Text,

    /// <summary>What stood in braces, without them.</summary>
    Reference,

    /// <summary>The name of a function, or true or false.</summary>
    Name,

    /// <summary>A sign, a bracket or a comma.</summary>
    Sign,
}

/// <summary>A word of an expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">What it says.</param>
/// <param name="Position">The 0-based character at which it begins.</param>
internal readonly record struct ExpressionToken(ExpressionTokenKind Kind, string Text, int Position)
{
    /// <summary>Whether this is a certain sign.</summary>
    public bool Is(string sign) => Kind == ExpressionTokenKind.Sign && Text == sign;
}
