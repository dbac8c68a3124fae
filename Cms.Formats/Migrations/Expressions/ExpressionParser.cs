using System.Globalization;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Formats.Migrations.Expressions;

/// <summary>Makes an expression of its text.</summary>
/// <remarks>
/// From the loosest to the tightest: <c>? :</c>, <c>||</c>, <c>&amp;&amp;</c>, one comparison, <c>.</c> which joins texts, <c>+ -</c>,
/// <c>* / %</c>, then <c>-</c> and <c>!</c> before an operand. What is nested too deep is refused, so that neither parsing nor
/// evaluation can run out of stack.
/// </remarks>
internal sealed class ExpressionParser
{
    private const int MaxDepth = 64;

    private static readonly string[] Comparisons = ["==", "!=", "<=", ">=", "<", ">"];

    private readonly List<ExpressionToken> _tokens;
    private readonly Func<string, ScriptReference> _parseReference;
    private int _next;
    private int _depth;

    private ExpressionParser(List<ExpressionToken> tokens, Func<string, ScriptReference> parseReference) => (_tokens, _parseReference) = (tokens, parseReference);

    private ExpressionToken Next => _tokens[_next];

    /// <summary>Takes an expression apart.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="parseReference">Says what a text in braces names, or refuses it.</param>
    /// <exception cref="RefusedException">It is none; the message says where and why.</exception>
    public static Expression Parse(string text, Func<string, ScriptReference> parseReference)
    {
        var parser = new ExpressionParser(ExpressionLexer.Split(text), parseReference);
        var expression = parser.Choice();
        return parser.Next.Kind == ExpressionTokenKind.End ? expression : throw parser.Unexpected();
    }

    private Expression Choice()
    {
        if (++_depth > MaxDepth)
        {
            throw ExpressionLexer.Illegal(Next.Position, $"the expression is nested more than {MaxDepth} deep");
        }

        var condition = Logical("||", () => Logical("&&", Comparison));
        if (TryTake("?") is { } sign)
        {
            var then = Choice();
            Take(":", "the value for the other case");
            condition = new Expression.Choice(sign.Position, condition, then, Choice());
        }

        _depth--;
        return condition;
    }

    private Expression Logical(string sign, Func<Expression> operand)
    {
        var left = operand();
        while (TryTake(sign) is { } token)
        {
            left = new Expression.Binary(token.Position, sign, left, operand());
        }

        return left;
    }

    private Expression Comparison()
    {
        var left = Chain(["."], () => Chain(["+", "-"], () => Chain(["*", "/", "%"], Signed)));
        var token = Next;
        if (token.Kind != ExpressionTokenKind.Sign || !Comparisons.Contains(token.Text))
        {
            return left;
        }

        _next++;
        return new Expression.Binary(token.Position, token.Text, left, Chain(["."], () => Chain(["+", "-"], () => Chain(["*", "/", "%"], Signed))));
    }

    private Expression Chain(string[] signs, Func<Expression> operand)
    {
        var left = operand();
        while (Next is { Kind: ExpressionTokenKind.Sign } token && signs.Contains(token.Text))
        {
            _next++;
            left = new Expression.Binary(token.Position, token.Text, left, operand());
        }

        return left;
    }

    private Expression Signed()
    {
        if ((TryTake("-") ?? TryTake("!")) is not { } token)
        {
            return Operand();
        }

        if (++_depth > MaxDepth)
        {
            throw ExpressionLexer.Illegal(token.Position, $"the expression is nested more than {MaxDepth} deep");
        }

        var operand = Signed();
        _depth--;
        return new Expression.Unary(token.Position, token.Text, operand);
    }

    private Expression Operand()
    {
        var token = Next;
        _next++;
        switch (token.Kind)
        {
            case ExpressionTokenKind.Number:
                return new Expression.Literal(token.Position, Number(token));
            case ExpressionTokenKind.Text:
                return new Expression.Literal(token.Position, ConfigValue.FromText(token.Text));
            case ExpressionTokenKind.Reference:
                return Reference(token);
            case ExpressionTokenKind.Name:
                return token.Text is "true" or "false" ? new Expression.Literal(token.Position, ConfigValue.FromBool(token.Text == "true")) : Call(token);
            case ExpressionTokenKind.Sign when token.Is("("):
                var inner = Choice();
                Take(")", "the end of what began with (");
                return inner;
            default:
                _next--;
                throw Unexpected();
        }
    }

    private Expression Reference(ExpressionToken token)
    {
        try
        {
            var reference = _parseReference(token.Text);
            return reference.Section is { } section
                ? new Expression.Path(token.Position, section, reference.Option)
                : new Expression.Current(token.Position, reference.Option!);
        }
        catch (RefusedException refused)
        {
            throw ExpressionLexer.Illegal(token.Position, refused.Message);
        }
    }

    private Expression.Call Call(ExpressionToken name)
    {
        var function = ExpressionFunctions.Find(name.Text) ?? throw ExpressionLexer.Illegal(
            name.Position, $"there is no function '{name.Text}': use {ExpressionFunctions.Names}, or put text in quotes and the names of options in braces");
        Take("(", $"the arguments of {name.Text}");
        var arguments = new List<Expression>();
        while (TryTake(")") is null)
        {
            if (arguments.Count > 0)
            {
                Take(",", $"more arguments of {name.Text}, or a ) behind them");
            }

            arguments.Add(Choice());
        }

        return arguments.Count >= function.FewestArguments && arguments.Count <= function.MostArguments
            ? new Expression.Call(name.Position, function, arguments)
            : throw ExpressionLexer.Illegal(name.Position, $"{name.Text} does not take {arguments.Count} arguments; it is {function.Usage}");
    }

    private static ConfigValue Number(ExpressionToken token) => token.Text.Contains('.', StringComparison.Ordinal)
        ? ConfigValue.FromFloat(double.Parse(token.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture))
        : long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? ConfigValue.FromInt(number)
        : throw ExpressionLexer.Illegal(token.Position, $"the number {token.Text} has more than 64 bits");

    private ExpressionToken? TryTake(string sign)
    {
        var token = Next;
        if (!token.Is(sign))
        {
            return null;
        }

        _next++;
        return token;
    }

    private void Take(string sign, string purpose)
    {
        if (TryTake(sign) is null)
        {
            throw ExpressionLexer.Illegal(Next.Position, $"a {sign} is missing here, for {purpose}");
        }
    }

    private RefusedException Unexpected() => Next.Kind == ExpressionTokenKind.End
        ? ExpressionLexer.Illegal(Next.Position, "the expression ends where a value is missing")
        : ExpressionLexer.Illegal(Next.Position, $"'{Next.Text}' does not belong here; a value or an operator does");
}
