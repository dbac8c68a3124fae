using System.Text;
using System.Text.RegularExpressions;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;

namespace Cms.Cli.Migrations;

/// <summary>The files of a migration that is begun.</summary>
internal static partial class MigrationTemplate
{
    /// <summary>Writes the files.</summary>
    /// <param name="path">The directory; it must not be there.</param>
    /// <param name="module">The module.</param>
    /// <param name="before">The schema that the migration leads from; null for none.</param>
    /// <param name="version">The version that it leads to.</param>
    /// <exception cref="RefusedException">The directory is there.</exception>
    public static void Write(string path, string module, SchemaEdition? before, SchemaVersion version)
    {
        if (Directory.Exists(path))
        {
            throw new RefusedException(ErrorCode.AlreadyExists, $"'{path}' is there already; edit its files, or remove it first");
        }

        Directory.CreateDirectory(path);
        var from = before is null ? "" : $"\toption from '{before.Version}'\n";
        File.WriteAllText(Path.Combine(path, "migration"), $"config migration '{module}'\n{from}\toption to '{version}'\n\toption description ''\n#\tlist requires 'OTHER>=1.0.0'\n");
        File.WriteAllBytes(Path.Combine(path, "schema"), SchemaOf(module, before, version));
        File.WriteAllText(Path.Combine(path, "up"), Up);
        File.WriteAllText(Path.Combine(path, "down"), Down);
    }

    private const string Up = """
        # What changes the data; see docs/migrations.md. @ is the section at hand, .lan.mtu an option of the module.
        #
        # rename-option user shell program
        # for-each user where 'exists({uid}) && {uid} < 1000'
        #	transform @.uid '{uid} + 10000'
        # end
        # set .defaults=user

        """;

    private const string Down = """
        # What changes the data back: the same, backwards. What cannot be taken back says so instead.
        #
        # delete .defaults
        # for-each user where 'exists({uid}) && {uid} >= 10000'
        #	transform @.uid '{uid} - 10000'
        # end
        # rename-option user program shell
        #
        # refuse 'what was hashed cannot be read again'

        """;

    private static byte[] SchemaOf(string module, SchemaEdition? before, SchemaVersion version)
    {
        if (before is null)
        {
            return Encoding.UTF8.GetBytes($"config module '{module}'\n\toption version '{version}'\n\n# config section 'user'\n#\n# config field 'uid'\n#\toption section 'user'\n#\toption type 'int'\n");
        }

        // Bytes that are no UTF-8 survive in Latin-1, and what is replaced is ASCII.
        var text = Encoding.Latin1.GetString(before.Text.Span);
        var raised = Version().Replace(text, match => $"{match.Groups[1].Value}'{version}'", 1);
        return Encoding.Latin1.GetBytes(raised != text ? raised : Module().Replace(text, match => $"{match.Value}\n\toption version '{version}'", 1));
    }

    [GeneratedRegex("""(?<=^|\n)([ \t]*option[ \t]+version[ \t]+)(?:'[^'\n]*'|"[^"\n]*"|[^\s'"]+)""", RegexOptions.None, 1000)]
    private static partial Regex Version();

    [GeneratedRegex("""(?<=^|\n)[ \t]*config[ \t]+'?module'?[^\n]*""", RegexOptions.None, 1000)]
    private static partial Regex Module();
}
