using System.Globalization;
using System.Text.Json;
using Cms.Formats.Audit;
using Cms.Formats.Mapping;
using Cms.Storage.Journals;

namespace Cms.Storage.Audit;

/// <summary>The files that hold rows which the journal has no more: a line of JSON for each, the last one signed.</summary>
/// <remarks>A file is there whole and durable or not at all, and is never changed. Any thread may read; one at a time writes.</remarks>
internal sealed class AuditArchives(string directory)
{
    private const string Prefix = "audit-";
    private const string Suffix = ".ndjson";
    private const uint OwnerOnly = 0x180;

    /// <summary>Where they are.</summary>
    public string Directory { get; } = Path.Combine(directory, "audit");

    /// <summary>The files with the numbers of their first and last rows, oldest first.</summary>
    public IReadOnlyList<AuditArchive> List() => !System.IO.Directory.Exists(Directory) ? []
        : [.. System.IO.Directory.EnumerateFiles(Directory, Prefix + "*" + Suffix).Select(Parse).OfType<AuditArchive>().OrderBy(archive => archive.First)];

    /// <summary>Writes rows to a new file; when it returns, they are on disk.</summary>
    /// <param name="first">The number of the first row.</param>
    /// <param name="last">The number of the last row.</param>
    /// <param name="rows">Exactly these rows, in order.</param>
    /// <exception cref="IOException">The disk is full, or the directory cannot be written; there is no such file then.</exception>
    public AuditArchive Write(long first, long last, IEnumerable<AuditRow> rows)
    {
        DurableDirectory.Create(Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var archive = new AuditArchive(Path.Combine(Directory, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{first:D12}-{last:D12}{Suffix}")), first, last);
        DurableFile.Replace(
            archive.Path,
            file =>
            {
                using var buffered = new BufferedStream(file, 1 << 16);
                foreach (var row in rows)
                {
                    buffered.Write(AuditJson.ToLine(row));
                }
            },
            OwnerOnly);
        return archive;
    }

    /// <summary>The rows of a file, read as they are consumed.</summary>
    /// <exception cref="JournalException">It cannot be read, or holds a line that is no row; the message names it.</exception>
    public static IEnumerable<AuditRow> Read(AuditArchive archive)
    {
        var number = 0;
        foreach (var line in Lines(archive))
        {
            number++;
            yield return ParseLine(archive, number, line);
        }
    }

    /// <summary>Removes what a writing that was killed has left.</summary>
    public void RemoveTemporaryFiles()
    {
        if (System.IO.Directory.Exists(Directory))
        {
            foreach (var path in System.IO.Directory.EnumerateFiles(Directory, "." + Prefix + "*" + Suffix + ".uci-??????").ToList())
            {
                File.Delete(path);
            }
        }
    }

    private static IEnumerable<string> Lines(AuditArchive archive)
    {
        StreamReader file;
        try
        {
            file = new StreamReader(archive.Path);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"{archive.Path} cannot be read: {missing.Message}", missing);
        }

        using (file)
        {
            while (file.ReadLine() is { } line)
            {
                yield return line;
            }
        }
    }

    private static AuditRow ParseLine(AuditArchive archive, int number, string line)
    {
        try
        {
            return AuditJson.Parse(line);
        }
        catch (JsonException malformed)
        {
            throw new JournalException($"{archive.Path}, line {number}: it is no row of an audit log: {malformed.Message}", malformed);
        }
    }

    private static AuditArchive? Parse(string path) =>
        Path.GetFileName(path)[Prefix.Length..^Suffix.Length].Split('-') is [var first, var last]
        && long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
        && long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var to)
            ? new AuditArchive(path, from, to)
            : null;
}
