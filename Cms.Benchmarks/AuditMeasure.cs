using System.Diagnostics;
using Cms.Formats.Modules;
using Cms.Storage.Audit;
using Cms.Storage.Journals;
using Microsoft.Data.Sqlite;

namespace Cms.Benchmarks;

/// <summary>What the row of the audit log adds to the journal's work for a commit: the same commits with it and without it, in turns.</summary>
internal static class AuditMeasure
{
    private const int Turns = 20;
    private const int CommitsPerTurn = 5000;
    private const int ChangesPerCommit = 10;

    public static async Task RunAsync(Installation installation, Report report)
    {
        using var scratch = installation.NewDiskScratch();
        await using var with = await OpenAsync(scratch["with.db"], scratch.Path);
        await using var without = await OpenAsync(scratch["without.db"], directory: null);
        var (audited, bare) = (new Sample(), new Sample());
        for (var turn = 0; turn < Turns; turn++)
        {
            await bare.AddAsync(() => without.AppendAsync(turn));
            await audited.AddAsync(() => with.AppendAsync(turn));
        }

        report.Add("journal-commit-us", bare.Median.TotalMicroseconds / CommitsPerTurn, "us");
        report.Add("audit-row-us", (audited.Median - bare.Median).TotalMicroseconds / CommitsPerTurn, "us");
    }

    private static async Task AddAsync(this Sample sample, Func<Task> act)
    {
        var start = Stopwatch.GetTimestamp();
        await act();
        sample.AddSince(start);
    }

    private static async Task<Target> OpenAsync(string path, string? directory)
    {
        await SqliteJournal.Open(path, Guid.Empty).DisposeAsync();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        await connection.OpenAsync();
        return new Target(connection, path, directory);
    }

    // A journal of one module, whose commits have a signed audit log or none.
    private sealed class Target : IAsyncDisposable
    {
        private readonly SqliteWriter _writer;
        private readonly SqliteAppender _appender;
        private readonly AuditSigner? _signer;

        public Target(SqliteConnection connection, string path, string? directory)
        {
            _writer = new SqliteWriter(new SqliteWriteConnection(connection), path);
            _signer = directory is null ? null : AuditSigner.Open(directory);
            var chain = _signer is null ? null : new AuditChain(_writer.Connection, new AuditOptions(TimeProvider.System), _signer);
            _appender = new SqliteAppender(_writer.Connection, epoch: 1, lastCommitId: 0, noted: null, chain);
        }

        public Task AppendAsync(int turn) => _writer.WriteAsync(
            () =>
            {
                for (var commit = 1; commit <= CommitsPerTurn; commit++)
                {
                    _appender.Insert(Commit((turn * CommitsPerTurn) + commit));
                }
            },
            CancellationToken.None);

        public async ValueTask DisposeAsync()
        {
            await _writer.DisposeAsync();
            _signer?.Dispose();
        }

        private static CommitRecord Commit(int revision)
        {
            var value = ConfigValue.FromInt(revision);
            return new CommitRecord(
                new ModuleName("bench"),
                new Revision(revision),
                DateTimeOffset.UnixEpoch,
                new CommitOrigin("uid:0", "unix cms[4242]", "", null),
                [.. Enumerable.Range(1, ChangesPerCommit).Select(section => new ModuleChange.OptionSet(new SectionId(section), "option", value))])
            {
                Paths = [.. Enumerable.Range(1, ChangesPerCommit).Select(section => $"section{section}.option")],
            };
        }
    }
}
