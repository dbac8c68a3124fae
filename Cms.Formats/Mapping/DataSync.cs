using Microsoft.Win32.SafeHandles;

namespace Cms.Formats.Mapping;

/// <summary>Makes the contents of a file durable without its times (fdatasync(2)); .NET's own flush always takes those along.</summary>
internal static class DataSync
{
    /// <summary>When this returns, what was written is on disk.</summary>
    /// <param name="file">Open for writing; stays the caller's.</param>
    /// <param name="path">For the message of a fault.</param>
    /// <exception cref="IOException">The disk failed; what is on it is not known.</exception>
    internal static void Flush(SafeFileHandle file, string path)
    {
        if (LibC.SyncData(file) < 0)
        {
            throw LibC.Fault("sync", path);
        }
    }
}
