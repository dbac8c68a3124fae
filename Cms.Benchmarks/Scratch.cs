using System.Globalization;

namespace Cms.Benchmarks;

/// <summary>A new directory, removed with all it holds when disposed.</summary>
internal sealed class Scratch : IDisposable
{
    private static int _count;

    /// <param name="parent">Made when missing; stays.</param>
    public Scratch(string parent)
    {
        var number = Interlocked.Increment(ref _count);
        Path = System.IO.Path.Combine(parent, string.Create(CultureInfo.InvariantCulture, $"cms-bench-{Environment.ProcessId}-{number}"));
        Directory.CreateDirectory(Path);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>A file or directory in it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
