using System.Diagnostics;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Formats.Migrations.Expressions;

/// <summary>Finds the value of an expression in a module. Pure.</summary>
/// <param name="state">The module as it is now.</param>
/// <param name="current">The current section, or null outside of <c>for-each</c>.</param>
/// <param name="budget">What the run may do.</param>
/// <param name="isSecret">Whether an option of this name is secret, so that no message may have its value.</param>
internal readonly struct ExpressionEvaluator(IModuleView state, SectionView? current, ScriptBudget budget, Func<string, bool> isSecret)
{
    private static readonly ConfigValue Nothing = ConfigValue.FromText("");

    /// <summary>The value of an expression, or null when it names something that is missing.</summary>
    /// <exception cref="RefusedException">There is none; the message says where in the expression and why.</exception>
    public ConfigValue? Evaluate(Expression expression)
    {
        var value = Calculate(expression);
        Take(budget.TryTakeValue(value ?? Nothing));
        return value;
    }

    private ConfigValue? Calculate(Expression expression) => expression switch
    {
        Expression.Literal literal => literal.Value,
        Expression.Current option => state.FindOption(current!.Id, option.Option)?.Value,
        Expression.Path path => Find(path),
        Expression.Unary unary => Evaluate(unary),
        Expression.Binary binary => Evaluate(binary),
        Expression.Choice choice => Condition(choice.Condition) ? Evaluate(choice.Then) : Evaluate(choice.Otherwise),
        Expression.Call call => Evaluate(call),
        _ => throw new UnreachableException($"unknown expression {expression.GetType().Name}"),
    };

    /// <summary>Whether a condition holds.</summary>
    /// <exception cref="RefusedException">It is neither true nor false.</exception>
    public bool Condition(Expression expression)
    {
        var value = Need(expression);
        try
        {
            return ExpressionValues.Condition(value);
        }
        catch (RefusedException refused)
        {
            throw At(expression, refused);
        }
    }

    /// <summary>The value of an expression.</summary>
    /// <exception cref="RefusedException">There is none, or it names something that is missing.</exception>
    public ConfigValue Need(Expression expression) => Evaluate(expression) ?? throw ExpressionLexer.Illegal(expression.Position, $"{Describe(expression)} is missing; use default(x, y), or ask exists(x) first");

    private ConfigValue? Find(Expression.Path path)
    {
        Take(budget.TryFind(state, path.Section, out var section));
        return section is null ? null
            : path.Option is { } option ? state.FindOption(section.Id, option)?.Value
            : ConfigValue.FromText(section.Type);
    }

    private void Take(bool isTaken)
    {
        if (!isTaken)
        {
            throw new RefusedException(ErrorCode.TooLarge, budget.Spent);
        }
    }

    private ConfigValue Evaluate(Expression.Unary unary)
    {
        if (unary.Sign == "!")
        {
            return ConfigValue.FromBool(!Condition(unary.Operand));
        }

        var operand = Need(unary.Operand);
        try
        {
            return new ExpressionNumber(0).Calculate("-", ExpressionValues.Number(operand)).ToValue();
        }
        catch (RefusedException refused)
        {
            throw At(unary, refused);
        }
    }

    private ConfigValue Evaluate(Expression.Binary binary)
    {
        switch (binary.Sign)
        {
            case "||":
                return ConfigValue.FromBool(Condition(binary.Left) || Condition(binary.Right));
            case "&&":
                return ConfigValue.FromBool(Condition(binary.Left) && Condition(binary.Right));
            case "==" or "!=":
                var (first, second) = (Evaluate(binary.Left), Evaluate(binary.Right));
                var areEqual = first is null || second is null ? first is null && second is null : ExpressionValues.AreEqual(first, second);
                return ConfigValue.FromBool(areEqual == (binary.Sign == "=="));
            default:
                var (left, right) = (Need(binary.Left), Need(binary.Right));
                try
                {
                    return Evaluate(binary.Sign, left, right);
                }
                catch (RefusedException refused)
                {
                    throw At(binary, refused);
                }
        }
    }

    private static ConfigValue Evaluate(string sign, ConfigValue left, ConfigValue right) => sign switch
    {
        "<" => ConfigValue.FromBool(ExpressionValues.Compare(left, right) < 0),
        "<=" => ConfigValue.FromBool(ExpressionValues.Compare(left, right) <= 0),
        ">" => ConfigValue.FromBool(ExpressionValues.Compare(left, right) > 0),
        ">=" => ConfigValue.FromBool(ExpressionValues.Compare(left, right) >= 0),
        "." => Join(left, right),
        _ => ExpressionValues.Number(left).Calculate(sign, ExpressionValues.Number(right)).ToValue(),
    };

    // Bytes are joined as they are, so that nothing is lost of what is no UTF-8.
    private static ConfigValue Join(ConfigValue left, ConfigValue right)
    {
        var (first, second) = (ExpressionValues.Scalar(left).GetBytes(), ExpressionValues.Scalar(right).GetBytes());
        return first.Length + second.Length <= ExpressionValues.MaxTextBytes
            ? ConfigValue.FromBytes([.. first.Span, .. second.Span])
            : throw new RefusedException(ErrorCode.TooLarge, $"a text of more than {ExpressionValues.MaxTextBytes} bytes comes out");
    }

    private ConfigValue? Evaluate(Expression.Call call)
    {
        if (call.Function.Name == ExpressionFunctions.Default)
        {
            return Evaluate(call.Arguments[0]) ?? Evaluate(call.Arguments[1]);
        }

        var values = new ConfigValue?[call.Arguments.Count];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = call.Function.TakesMissing ? Evaluate(call.Arguments[index]) : Need(call.Arguments[index]);
        }

        // Functions of two texts look for one in the other.
        if (values is [{ } text, { } wanted, ..])
        {
            Take(budget.TryTakeSearch(text, wanted));
        }

        try
        {
            return call.Function.Evaluate(new ExpressionArguments(values, current));
        }
        catch (RefusedException refused)
        {
            throw At(call, refused);
        }
    }

    private static string Describe(Expression expression) => expression switch
    {
        Expression.Current current => $"{{{current.Option}}}",
        Expression.Path path => $"{{.{SectionLookup.Describe(path.Section)}{(path.Option is null ? "" : ".")}{path.Option}}}",
        _ => "the value",
    };

    private RefusedException At(Expression expression, RefusedException refused)
    {
        var message = refused.WithoutValues is { } discreet && ReadsSecret(expression) ? discreet : refused.Message;
        return new(refused.Refusal with { Message = ExpressionLexer.Illegal(expression.Position, message).Message });
    }

    /// <summary>Whether what an expression makes may be made of a secret.</summary>
    public bool ReadsSecret(Expression expression) => expression switch
    {
        Expression.Current option => isSecret(option.Option),
        Expression.Path { Option: { } option } => isSecret(option),
        Expression.Unary unary => ReadsSecret(unary.Operand),
        Expression.Binary binary => ReadsSecret(binary.Left) || ReadsSecret(binary.Right),
        Expression.Choice choice => ReadsSecret(choice.Condition) || ReadsSecret(choice.Then) || ReadsSecret(choice.Otherwise),
        Expression.Call call => call.Arguments.Any(ReadsSecret),
        _ => false,
    };
}
