using System.Globalization;

namespace Cms.Benchmarks;

/// <summary>What a process takes of the machine's memory, as the kernel counts it (proc(5), status).</summary>
internal static class ProcessMemory
{
    /// <summary>Bytes resident now without shared memory, which is where segments are: heap, stacks, code.</summary>
    public static long OwnBytes(string process = "self") => Field(process, "RssAnon:") + Field(process, "RssFile:");

    /// <summary>Bytes resident now, shared memory included.</summary>
    public static long ResidentBytes(string process) => Field(process, "VmRSS:");

    /// <summary>The most bytes that were ever resident, shared memory included.</summary>
    public static long PeakBytes(string process) => Field(process, "VmHWM:");

    private static long Field(string process, string name)
    {
        const int KiloBytes = 1024;
        var line = File.ReadLines($"/proc/{process}/status").First(each => each.StartsWith(name, StringComparison.Ordinal));
        var number = line[name.Length..].Trim().Split(' ')[0];
        return long.Parse(number, CultureInfo.InvariantCulture) * KiloBytes;
    }
}
