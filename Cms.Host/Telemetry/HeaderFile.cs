using Cms.Actors;

namespace Cms.Host.Telemetry;

/// <summary>A file of headers, which may hold a secret, so that none is on a command line.</summary>
internal static class HeaderFile
{
    private const UnixFileMode ForOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>The headers, as the exporter takes them.</summary>
    /// <param name="path">Lines <c>name=value</c>; empty ones and those that begin with # are passed over. Null for no headers.</param>
    /// <exception cref="NodeStartException">It cannot be read, others may read it, or a line is no header; the message does not show it.</exception>
    public static string? Read(string? path)
    {
        if (path is null)
        {
            return null;
        }

        try
        {
            if ((File.GetUnixFileMode(path) & ForOthers) != 0)
            {
                throw new NodeStartException($"otlp_headers_file: {path} can be read or written by others than its owner; chmod 600 it");
            }

            var lines = File.ReadAllLines(path).Select((text, index) => (Text: text.Trim(), Number: index + 1)).Where(line => line.Text.Length > 0 && line.Text[0] != '#');
            return string.Join(',', lines.Select(line => Encode(path, line.Text, line.Number)));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new NodeStartException($"otlp_headers_file: {unreadable.Message}");
        }
    }

    private static string Encode(string path, string line, int number)
    {
        var split = line.IndexOf('=', StringComparison.Ordinal);
        return split > 0 && line[..split].All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
            ? $"{line[..split]}={Uri.EscapeDataString(line[(split + 1)..].Trim())}"
            : throw new NodeStartException($"otlp_headers_file: line {number} of {path} is no header; write name=value");
    }
}
