using Cms.Formats.Edits;
using Cms.Formats.Refusals;

namespace Cms.Formats.Migrations;

/// <summary>A script that leads a module from one version of its schema to another; <c>docs/migrations.md</c> has its language.</summary>
/// <remarks>Pure: the same script and module give the same changes. Never changed; safe for any thread.</remarks>
public sealed class MigrationScript
{
    /// <summary>The most bytes of a script.</summary>
    public const int MaxBytes = 1 << 20;

    private readonly IReadOnlyList<ScriptStatement> _statements;

    private MigrationScript(IReadOnlyList<ScriptStatement> statements) => _statements = statements;

    /// <summary>Whether the script does nothing.</summary>
    public bool IsEmpty => _statements.Count == 0;

    /// <summary>Takes a script apart.</summary>
    /// <param name="name">What people call it, for messages: <c>auth-1.1.0/up</c>.</param>
    /// <param name="module">The module that it changes.</param>
    /// <param name="text">The script; slices of it are kept, so the bytes must not change.</param>
    /// <exception cref="RefusedException">It is not legal; the message names the script, the line, the column and the rule.</exception>
    public static MigrationScript Parse(string name, string module, ReadOnlyMemory<byte> text) => text.Length <= MaxBytes
        ? new MigrationScript(ScriptParser.Parse(name, module, text))
        : throw new RefusedException(ErrorCode.TooLarge, $"{name} has {text.Length} bytes; the most is {MaxBytes}");

    /// <summary>Runs the script in a session; it may make as many changes as a bulk.</summary>
    /// <returns>Null, or why it cannot be run on this module, with the place in the script; the session is then of no use any more.</returns>
    public Refusal? Run(EditSession session) => Run(session, new ScriptBudget());

    /// <inheritdoc cref="Run(EditSession)"/>
    internal Refusal? Run(EditSession session, ScriptBudget budget) => new ScriptRun(session, budget).Run(_statements);
}
