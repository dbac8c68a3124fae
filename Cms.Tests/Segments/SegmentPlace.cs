namespace Cms.Tests.Segments;

/// <summary>A directory of its own for one test's segments.</summary>
internal sealed class SegmentPlace : IDisposable
{
    public static readonly Guid Journal = new("6f1c2a52-7f0e-4c5b-9d43-0a8b7c6d5e4f");
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cms-segment-");

    public string Path => System.IO.Path.Combine(_directory.FullName, "module.seg");

    public void Dispose() => _directory.Delete(recursive: true);
}
