// Invariant: the mount is taken out of the tree of files as soon as it is there. A process holds on to it; it ends at the
// latest when this one does, and the mount with it, whatever happens here.
namespace Cms.Benchmarks;

/// <summary>A tmpfs of its own whose files are in huge pages.</summary>
internal sealed class HugeScratch : IDisposable
{
    private const string Hold = """
        mount -t tmpfs -o huge=always,size=1g,mode=700 cms-bench "$1" && exec 9<"$1" && umount --lazy "$1" && echo held && exec cat
        """;

    private readonly WorkerProcess _holder;

    private HugeScratch(WorkerProcess holder) => _holder = holder;

    /// <summary>A file in it.</summary>
    public string this[string name] => FormattableString.Invariant($"/proc/{_holder.Id}/fd/9/{name}");

    /// <summary>Makes one. Null where that is not allowed: it takes root, and a kernel with huge pages for tmpfs.</summary>
    public static async Task<HugeScratch?> TryMountAsync(Installation installation)
    {
        using var mountPoint = installation.NewRunScratch();
        var holder = new WorkerProcess("/bin/sh", "-c", Hold, "sh", mountPoint.Path);
        try
        {
            _ = await holder.HearAsync();
            return new HugeScratch(holder);
        }
        catch (InvalidDataException)
        {
            holder.Dispose();
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _holder.Dispose();
}
