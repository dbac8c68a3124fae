using System.Globalization;
using Cms.Formats.Refusals;

namespace Cms.Formats.Migrations;

/// <summary>A place in a migration script.</summary>
/// <param name="Script">What people call the script: <c>auth-1.1.0/up</c>.</param>
/// <param name="Line">The 1-based line.</param>
/// <param name="Column">The 1-based byte of the line.</param>
internal readonly record struct ScriptPlace(string Script, int Line, long Column)
{
    /// <summary>A refusal that names the place.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="rule">What is wrong here.</param>
    public RefusedException Refuse(ErrorCode code, string rule) => new(Name(new Refusal(code, rule)));

    /// <summary>A refusal with the place before its message.</summary>
    public Refusal Name(Refusal refusal) => refusal with { Message = $"{this}: {refusal.Message}" };

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Script}, line {Line}, column {Column}");
}
