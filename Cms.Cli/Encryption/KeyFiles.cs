using Cms.Cli.Texts;
using Cms.Formats.Refusals;

namespace Cms.Cli.Encryption;

/// <summary>Reads the files of recipients and identities that are sent to the daemon, which says whether they are any.</summary>
internal static class KeyFiles
{
    private const long MostBytes = 64 * 1024;
    private const UnixFileMode OfOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>The text of a recipient; null when none is named.</summary>
    /// <exception cref="RefusedException">There is no such file, or it is an identity, which is sent nowhere by mistake.</exception>
    public static string? ReadRecipient(string? path)
    {
        var text = path is null ? null : Read(path);
        return text?.Contains("cms-identity:", StringComparison.Ordinal) == true
            ? throw new RefusedException(ErrorCode.InvalidArgument, Text.Of("wrong.recipient.secret", path!))
            : text;
    }

    /// <summary>The text of an identity; null when none is named.</summary>
    /// <exception cref="RefusedException">There is no such file, or others can read it.</exception>
    public static string? ReadIdentity(string? path)
    {
        var text = path is null ? null : Read(path);
        return text is not null && (File.GetUnixFileMode(path!) & OfOthers) != 0
            ? throw new RefusedException(ErrorCode.Denied, Text.Of("wrong.identity.mode", path!))
            : text;
    }

    private static string Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new RefusedException(ErrorCode.NotFound, Text.Of("missing.file", path));
        }

        return new FileInfo(path).Length <= MostBytes
            ? File.ReadAllText(path)
            : throw new RefusedException(ErrorCode.TooLarge, $"the file '{path}' has {new FileInfo(path).Length} bytes; a key has at most {MostBytes}");
    }
}
