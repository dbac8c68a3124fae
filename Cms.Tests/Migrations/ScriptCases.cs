using System.Text;
using Cms.Formats.Edits;
using Cms.Formats.Migrations;
using Cms.Formats.Modules;
using Cms.Formats.Uci;

namespace Cms.Tests.Migrations;

/// <summary>Runs migration scripts over texts.</summary>
internal static class ScriptCases
{
    public static IModuleView Parse(string text) => UciPackage.Parse("auth", Encoding.UTF8.GetBytes(text), new UciReaderOptions());

    public static MigrationScript Script(string text) => MigrationScript.Parse("auth-1.1.0/up", "auth", Encoding.UTF8.GetBytes(text));

    public static ScriptOutcome Run(string script, string module) => Run(Script(script), Parse(module));

    public static ScriptOutcome Run(MigrationScript script, IModuleView module, EditLimits? limits = null)
    {
        var session = new EditSession(module, limits ?? EditLimits.Default);
        return new ScriptOutcome(script.Run(session), session);
    }

    /// <summary>A module in one line: sections apart by bars, options with their values.</summary>
    public static string Show(IModuleView view) => string.Join(" | ", view.Sections().Select(section =>
        $"{section.Type} {section.Name}".TrimEnd()
        + string.Concat(view.Options(section.Id).Select(option => $" {option.Name}={(option.Value.IsList ? $"[{string.Join(',', Enumerable.Range(0, option.Value.Count).Select(option.Value.GetText))}]" : option.Value.GetText())}"))));
}

/// <summary>How a script ended.</summary>
internal sealed record ScriptOutcome(Cms.Formats.Refusals.Refusal? Refusal, EditSession Session)
{
    public IModuleView State => Session.State;
}
