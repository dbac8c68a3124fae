using Cms.Formats.Migrations;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;

namespace Cms.Cli.Migrations;

/// <summary>A directory of migrations, each a directory called <c>MODULE-VERSION</c>.</summary>
internal static class MigrationDirectory
{
    /// <summary>Where migrations are unless the user says otherwise.</summary>
    public const string Default = "migrations";

    /// <summary>Reads every migration, by name.</summary>
    /// <exception cref="RefusedException">There is no such directory, or something in it is not legal.</exception>
    public static IReadOnlyList<Migration> Read(string path) => Directory.Exists(path)
        ? [.. Directory.EnumerateDirectories(path).Order(StringComparer.Ordinal).Where(IsShown).Select(ReadOne)]
        : throw new RefusedException(ErrorCode.NotFound, $"there is no directory '{path}'; cms migrate new MODULE VERSION makes one, and --directory names another");

    private static bool IsShown(string path) => !Path.GetFileName(path).StartsWith('.');

    private static Migration ReadOne(string path)
    {
        var name = Path.GetFileName(path);
        if (Directory.EnumerateFiles(path).FirstOrDefault(file => file.EndsWith(".sql", StringComparison.OrdinalIgnoreCase)) is { } sql)
        {
            throw Illegal(name, $"'{Path.GetFileName(sql)}' is SQL, and no module keeps tables in PostgreSQL; say in up and down what is to be done");
        }

        var head = MigrationReader.ReadHead($"{name}/migration", ReadFile(path, name, "migration"));
        return name == $"{head.Module}-{head.To}"
            ? MigrationReader.Read(head with { Schema = ReadFile(path, name, "schema"), Up = ReadFile(path, name, "up"), Down = ReadFile(path, name, "down") })
            : throw Illegal(name, $"its file migration says {head.Module} {head.To}; the directory must be called {head.Module}-{head.To}");
    }

    private static byte[] ReadFile(string path, string name, string file)
    {
        const long MostBytes = SchemaReader.LongestText;
        var info = new FileInfo(Path.Combine(path, file));
        return !info.Exists ? throw new RefusedException(ErrorCode.NotFound, $"{name}: there is no file '{file}'; a migration has the files migration, schema, up and down")
            : info.Length > MostBytes ? throw new RefusedException(ErrorCode.TooLarge, $"{name}/{file} has {info.Length} bytes; the most is {MostBytes}")
            : File.ReadAllBytes(info.FullName);
    }

    private static RefusedException Illegal(string name, string rule) => new(ErrorCode.InvalidArgument, $"{name}: {rule}");
}
