using Cms.Formats.Mapping;
using Cms.Storage.Audit;
using Microsoft.Data.Sqlite;

namespace Cms.Storage.Checks;

/// <summary>Reads a whole journal and tells what is damaged; changes nothing.</summary>
/// <remarks>A daemon may be running; its write-ahead log is then left out, since it is being written.</remarks>
public static class JournalCheck
{
    /// <summary>Checks the journal of a state directory.</summary>
    /// <param name="statePath">The state directory.</param>
    /// <param name="journalPath">The journal's file in it.</param>
    /// <param name="tell">Told of each finding, a line each.</param>
    /// <returns>Whether everything is as it was written.</returns>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static bool Run(string statePath, string journalPath, Action<string> tell)
    {
        if (!File.Exists(journalPath))
        {
            tell($"{journalPath}: there is no journal");
            return true;
        }

        using var ownership = FileLock.TryTake(Path.Combine(statePath, "cmsd.lock"), isExclusive: true);
        var problems = new List<string>();
        if (ownership is null)
        {
            tell("a daemon is running: its write-ahead log is read by SQLite alone");
        }
        else if (LogInspection.FindDamage(journalPath) is { } damage)
        {
            problems.Add(damage);

            // Opening the journal would have SQLite forget how long the log was, so a copy is opened.
            var copy = Directory.CreateDirectory(Path.Combine(statePath, "check.tmp")).FullName;
            try
            {
                File.Copy(journalPath, Path.Combine(copy, "journal.db"), overwrite: true);
                File.Copy(journalPath + "-wal", Path.Combine(copy, "journal.db-wal"), overwrite: true);
                Check(Path.Combine(copy, "journal.db"), statePath, problems, tell);
            }
            finally
            {
                Directory.Delete(copy, recursive: true);
            }

            return Conclude(journalPath, problems, tell);
        }

        Check(journalPath, statePath, problems, tell);
        return Conclude(journalPath, problems, tell);
    }

    private static void Check(string path, string statePath, List<string> problems, Action<string> tell)
    {
        try
        {
            using var scan = new JournalScan(path);
            problems.AddRange(scan.PageProblems().Select(problem => $"pages: {problem}"));
            foreach (var module in scan.Modules(problems))
            {
                problems.AddRange(module.Problems.Select(problem => $"module {module.Module}: {problem}"));
                tell($"module {module.Module}: revision {module.LastKnown}, {module.Commits.Count} commits and {module.Snapshots.Count} snapshots are good"
                    + (module.Lost is { } lost ? $"; a repair keeps what they lead to: {lost}" : ""));
            }

            using var audit = new AuditCheck(path, statePath);
            audit.Run(problems, tell);
        }
        catch (SqliteException failure)
        {
            problems.Add($"the journal cannot be opened: {failure.Message}");
        }
    }

    private static bool Conclude(string path, List<string> problems, Action<string> tell)
    {
        problems.ForEach(tell);
        tell(problems.Count == 0
            ? $"{path}: everything is as it was written"
            : $"{path}: damaged in {problems.Count} places; stop cmsd and run 'cmsd repair', which keeps a copy of the files");
        return problems.Count == 0;
    }
}
