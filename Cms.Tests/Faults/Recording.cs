using System.Text.Json;

namespace Cms.Tests.Faults;

/// <summary>A workload that has run: the disk before it, every operation, and what was acknowledged when.</summary>
/// <param name="BaseDirectory">A copy of the files as they were before.</param>
/// <param name="Log">The log of the library.</param>
/// <param name="Ledger">What was asked for and acknowledged.</param>
internal sealed record Recording(string BaseDirectory, ReadOnlyMemory<byte> Log, CommitLedger Ledger)
{
    /// <summary>Every operation, in order.</summary>
    public IReadOnlyList<OperationRecord> Operations { get; } = [.. OperationLog.Read(Log, Log.Length)];

    /// <summary>Reads what <see cref="SaveTo"/> wrote.</summary>
    public static Recording Load(string directory)
    {
        var entries = JsonSerializer.Deserialize<List<CommitLedger.Entry>>(File.ReadAllText(Path.Combine(directory, "ledger.json")))!;
        return new Recording(Path.Combine(directory, "base"), File.ReadAllBytes(Path.Combine(directory, "log")), CommitLedger.Of(entries));
    }

    /// <summary>Keeps the recording, so that a point of it can be looked at again.</summary>
    public void SaveTo(string directory)
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }

        Directory.CreateDirectory(directory);
        SimulatedDisk.Of(BaseDirectory).WriteTo(Directory.CreateDirectory(Path.Combine(directory, "base")).FullName, _ => Survival.Kept, new Random(0));
        File.WriteAllBytes(Path.Combine(directory, "log"), Log.Span);
        File.WriteAllText(Path.Combine(directory, "ledger.json"), JsonSerializer.Serialize(Ledger.Entries));
    }

    /// <summary>The disk when the log was so long.</summary>
    public SimulatedDisk DiskAt(long position)
    {
        var disk = SimulatedDisk.Of(BaseDirectory);
        disk.Apply(OperationLog.Read(Log, position));
        return disk;
    }

    /// <summary>The points at which a power cut is worth most, in an order drawn by a seed: around each sync and acknowledgement, and any others.</summary>
    public IReadOnlyList<PowerCut> Points(int seed)
    {
        var random = new Random(seed);
        var positions = new List<long>();
        for (var index = 0; index < Operations.Count; index++)
        {
            var isBoundary = Operations[index].Operation == Operation.Sync || Operations[index].Operation >= Operation.Rename;
            positions.AddRange(isBoundary ? [index == 0 ? 0 : Operations[index - 1].End, Operations[index].End] : random.Next(4) == 0 ? [Operations[index].End] : []);
        }

        positions.AddRange(Ledger.Entries.Select(entry => entry.Position));
        var points = positions.Distinct().SelectMany(position => PowerCut.Variants(position, random)).ToArray();
        random.Shuffle(points);
        return points;
    }
}

/// <summary>A power cut: when, and what of the unsynced it leaves.</summary>
/// <param name="Position">The length of the log.</param>
/// <param name="Seed">
/// 0 leaves nothing that was not synced, 1 everything, 2 names without contents, 3 contents without names; any other number draws
/// for each file and directory.
/// </param>
internal sealed record PowerCut(long Position, int Seed)
{
    private const int FixedSeeds = 4;

    /// <summary>One of each kind.</summary>
    public static IEnumerable<PowerCut> Variants(long position, Random random) =>
        Enumerable.Range(0, FixedSeeds).Append(random.Next(FixedSeeds, int.MaxValue)).Append(random.Next(FixedSeeds, int.MaxValue)).Select(seed => new PowerCut(position, seed));

    /// <summary>Makes what it leaves in a directory.</summary>
    public void WriteTo(Recording recording, string directory)
    {
        var random = new Random(Seed);
        recording.DiskAt(Position).WriteTo(directory, file => Survives(isFile: file is not null, random), random);
    }

    private Survival Survives(bool isFile, Random random) => Seed switch
    {
        0 => Survival.Dropped,
        1 => Survival.Kept,
        2 => isFile ? Survival.Dropped : Survival.Kept,
        3 => isFile ? Survival.Kept : Survival.Dropped,
        _ => (Survival)random.Next(4),
    };
}
