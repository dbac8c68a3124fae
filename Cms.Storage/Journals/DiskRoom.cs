namespace Cms.Storage.Journals;

/// <summary>Tells a disk, or a quota, that is full from one that fails.</summary>
internal static class DiskRoom
{
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int ProbeBytes = 64 << 10;

    /// <summary>Whether a small file cannot be written for want of room; it is removed at once.</summary>
    public static bool IsFull(string directory)
    {
        try
        {
            using var file = new FileStream(
                Path.Combine(directory, "room.probe"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            file.Write(new byte[ProbeBytes]);
            return false;
        }
        catch (IOException failure)
        {
            // .NET hands on the errno of the system call.
            return failure.HResult is NoSpace or QuotaExceeded;
        }
    }
}
