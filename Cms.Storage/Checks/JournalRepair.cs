// Invariants:
// - As long as the mark is there no daemon starts, so that nobody takes a half-repaired state directory for an empty one.
// - The damaged files are moved, never written to; a repair that is interrupted begins again from them.
using System.Globalization;
using Cms.Formats.Mapping;
using Cms.Storage.Journals;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Checks;

/// <summary>Writes a new journal with everything of a damaged one that is intact.</summary>
public static class JournalRepair
{
    private const string MarkName = "repair.unfinished";
    private static readonly string[] Endings = ["", "-wal", "-shm"];

    /// <summary>What is wrong when a repair of this state directory was interrupted, or null.</summary>
    public static string? FindUnfinished(string statePath) => File.Exists(Path.Combine(statePath, MarkName))
        ? $"{statePath}: a repair of the journal was interrupted; run 'cmsd repair' again"
        : null;

    /// <summary>Repairs the journal of a state directory that no daemon uses.</summary>
    /// <param name="statePath">The state directory.</param>
    /// <param name="journalPath">The journal's file in it.</param>
    /// <param name="time">Names the directory that keeps the damaged files.</param>
    /// <param name="newId">Makes the id of a journal that has lost revisions, so that nobody takes other ones for them.</param>
    /// <param name="tell">Told what was done and what is lost, a line each.</param>
    /// <returns>Whether nothing is lost.</returns>
    /// <exception cref="JournalException">A daemon uses the directory, there is no journal, or nothing can be read of it.</exception>
    /// <exception cref="IOException">A file cannot be read or written; run it again when that is mended.</exception>
    public static bool Run(string statePath, string journalPath, DateTimeOffset time, Func<Guid> newId, Action<string> tell)
    {
        using var ownership = FileLock.TryTake(Path.Combine(statePath, "cmsd.lock"), isExclusive: true)
            ?? throw new JournalException($"{statePath} is in use by a daemon; stop it first");
        var mark = Path.Combine(statePath, MarkName);
        if (!File.Exists(mark) && !File.Exists(journalPath))
        {
            throw new JournalException($"{journalPath}: there is no journal");
        }

        var logDamage = File.Exists(mark) ? null : LogInspection.FindDamage(journalPath);
        var kept = SetAside(statePath, journalPath, mark, time);
        tell($"the damaged files are kept in {kept}");
        if (logDamage is not null)
        {
            tell(logDamage + "; what was behind it is lost");
        }

        var isWhole = Salvage(Path.Combine(kept, Path.GetFileName(journalPath)), journalPath + ".repaired", logDamage is not null, time, newId, tell);
        File.Move(journalPath + ".repaired", journalPath, overwrite: true);
        DurableFile.SyncDirectory(statePath);
        File.Delete(mark);
        DurableFile.SyncDirectory(statePath);
        tell($"{journalPath} is repaired; start cmsd, and it merges the text files as it does edits by hand");
        return isWhole;
    }

    private static string SetAside(string statePath, string journalPath, string mark, DateTimeOffset time)
    {
        if (!File.Exists(mark))
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"damaged-{time.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");
            DurableFile.Replace(mark, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(name)));
        }

        var kept = Path.Combine(statePath, File.ReadAllText(mark));
        Directory.CreateDirectory(kept, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Endings.Select(ending => journalPath + ending).Where(File.Exists))
        {
            // A journal that is there again was put there by the repair that was interrupted at its end.
            var place = Path.Combine(kept, Path.GetFileName(file));
            if (!File.Exists(place))
            {
                File.Move(file, place);
            }
        }

        DurableFile.SyncDirectory(kept);
        DurableFile.SyncDirectory(statePath);
        return kept;
    }

    private static bool Salvage(string damaged, string repaired, bool isLogDamaged, DateTimeOffset time, Func<Guid> newId, Action<string> tell)
    {
        foreach (var ending in Endings)
        {
            File.Delete(repaired + ending);
        }

        try
        {
            using var scan = new JournalScan(damaged);
            using var salvage = new JournalSalvage(scan, repaired, time, tell);
            var isWhole = salvage.CopyAll(newId, isLogDamaged);
            return isWhole && !isLogDamaged;
        }
        catch (SqliteException failure)
        {
            throw new JournalException($"{damaged}: nothing can be read of it ({failure.Message}); restore a backup", failure);
        }
    }
}
