using Cms.Cli.Texts;
using Cms.Formats.Refusals;
using Cms.Formats.Uci;

namespace Cms.Cli.Commands;

/// <summary>Files that the commands about schemas are given.</summary>
internal static class TargetFile
{
    /// <summary>The bytes of a file.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public static byte[] Read(string path) => File.Exists(path)
        ? File.ReadAllBytes(path)
        : throw new RefusedException(ErrorCode.NotFound, Text.Of("missing.file", path));

    /// <summary>A file as a module.</summary>
    /// <exception cref="RefusedException">It is not there, or no UCI text.</exception>
    public static UciPackage Parse(string path, string module) =>
        UciPackage.TryParse(module, Read(path), UciReaderOptions.Default, _ => { }, out var error)
        ?? throw new RefusedException(ErrorCode.FileUnreadable, $"{path}: {error}");
}
