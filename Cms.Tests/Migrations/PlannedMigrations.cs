using System.Text;
using Cms.Formats.Migrations;
using Cms.Formats.Schemas;

namespace Cms.Tests.Migrations;

/// <summary>Makes migrations for tests.</summary>
internal static class PlannedMigrations
{
    /// <summary>A migration in one line: <c>auth 1.0.0 1.1.0 network>=2.0.0</c>; <c>-</c> stands for no version.</summary>
    public static Migration Parse(string line)
    {
        var words = line.Split(' ');
        return Make(words[0], words[1], words[2], "", "", words[3..]);
    }

    public static Migration Make(string module, string from, string to, string up, string down, params string[] requires) => MigrationReader.Read(
        new MigrationText(module, from == "-" ? null : SchemaVersion.TryParse(from)!.Value, SchemaVersion.TryParse(to)!.Value)
        {
            Requires = requires,
            Schema = Encoding.UTF8.GetBytes($"config module '{module}'\n\toption version '{to}'\n"),
            Up = Encoding.UTF8.GetBytes(up),
            Down = Encoding.UTF8.GetBytes(down),
        });
}
