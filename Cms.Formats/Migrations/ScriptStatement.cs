using Cms.Formats.Edits;
using Cms.Formats.Migrations.Expressions;

namespace Cms.Formats.Migrations;

/// <summary>A statement of a migration script, taken apart.</summary>
/// <param name="Place">Where it stands.</param>
internal abstract record ScriptStatement(ScriptPlace Place)
{
    /// <summary>One of the statements of <c>cms batch</c>.</summary>
    /// <param name="Place">Where it stands.</param>
    /// <param name="Operation">What to do; its section means nothing when <paramref name="IsOfCurrent"/>.</param>
    /// <param name="IsOfCurrent">Whether it is about the current section.</param>
    public sealed record Change(ScriptPlace Place, ModuleOperation Operation, bool IsOfCurrent) : ScriptStatement(Place);

    /// <summary>Gives an option the value of an expression.</summary>
    public sealed record Transform(ScriptPlace Place, ScriptReference Target, string Text, Expression Expression) : ScriptStatement(Place);

    /// <summary>Runs statements for each section of a type, as the sections were when it began.</summary>
    /// <param name="Place">Where it stands.</param>
    /// <param name="Type">The type; null for all sections.</param>
    /// <param name="Where">Which of the sections, or null for all.</param>
    /// <param name="Body">The statements.</param>
    public sealed record ForEach(ScriptPlace Place, string? Type, ScriptCondition? Where, IReadOnlyList<ScriptStatement> Body) : ScriptStatement(Place);

    /// <summary>Runs one of two sequences of statements.</summary>
    public sealed record If(ScriptPlace Place, ScriptCondition Condition, IReadOnlyList<ScriptStatement> Then, IReadOnlyList<ScriptStatement> Otherwise) : ScriptStatement(Place);

    /// <summary>Gives an option another name in every section of a type that has it.</summary>
    public sealed record RenameOption(ScriptPlace Place, string Type, string Option, string NewOption) : ScriptStatement(Place);

    /// <summary>Removes an option from every section of a type that has it.</summary>
    public sealed record DeleteOption(ScriptPlace Place, string Type, string Option) : ScriptStatement(Place);

    /// <summary>Ends the migration: nothing of it is done.</summary>
    public sealed record Refuse(ScriptPlace Place, string Reason) : ScriptStatement(Place);

    /// <summary>Gives every section of a type another type.</summary>
    public sealed record RenameType(ScriptPlace Place, string Type, string NewType) : ScriptStatement(Place);
}

/// <summary>A condition in a script.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Text">What it says.</param>
/// <param name="Expression">The same, taken apart.</param>
internal sealed record ScriptCondition(ScriptPlace Place, string Text, Expression Expression);
