using Cms.Formats.Edits;
using Cms.Formats.Modules;

namespace Cms.Formats.Migrations.Expressions;

/// <summary>An expression of a migration script, taken apart.</summary>
/// <param name="Position">The 0-based character of its text at which errors of it are reported.</param>
internal abstract record Expression(int Position)
{
    /// <summary>A value that the text has.</summary>
    public sealed record Literal(int Position, ConfigValue Value) : Expression(Position);

    /// <summary>An option of the current section.</summary>
    public sealed record Current(int Position, string Option) : Expression(Position);

    /// <summary>An option of any section or, without an option, the section's type.</summary>
    public sealed record Path(int Position, SectionSelector Section, string? Option) : Expression(Position);

    /// <summary>A sign or a negation.</summary>
    public sealed record Unary(int Position, string Sign, Expression Operand) : Expression(Position);

    /// <summary>Two operands and what is made of them.</summary>
    public sealed record Binary(int Position, string Sign, Expression Left, Expression Right) : Expression(Position);

    /// <summary>One of two values.</summary>
    public sealed record Choice(int Position, Expression Condition, Expression Then, Expression Otherwise) : Expression(Position);

    /// <summary>A function of values.</summary>
    public sealed record Call(int Position, ExpressionFunction Function, IReadOnlyList<Expression> Arguments) : Expression(Position);
}
