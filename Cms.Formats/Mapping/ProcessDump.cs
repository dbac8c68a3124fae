namespace Cms.Formats.Mapping;

/// <summary>Keeps the memory of this process from others.</summary>
public static class ProcessDump
{
    private const int SetDumpable = 4;

    /// <summary>From now on the kernel writes no core dump of this process, and only root may attach to it or read its memory.</summary>
    /// <returns>Whether the kernel agreed.</returns>
    public static bool TryForbid() => MemoryCalls.ControlProcess(SetDumpable, 0, 0, 0, 0) == 0;
}
