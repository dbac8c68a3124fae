namespace Cms.Cli.Editing;

/// <summary>A file that only this user can read, in a directory that only he can enter; both go when this is disposed.</summary>
internal sealed class PrivateFile : IDisposable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cms-edit-");

    /// <param name="name">What it is called, for the editor to show.</param>
    public PrivateFile(string name) => Path = System.IO.Path.Combine(_directory.FullName, name);

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Puts a text into it.</summary>
    public void Write(ReadOnlySpan<byte> text)
    {
        using var file = new FileStream(Path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = Mode });
        file.Write(text);
    }

    /// <summary>What is in it.</summary>
    public byte[] Read() => File.ReadAllBytes(Path);

    /// <inheritdoc/>
    public void Dispose() => _directory.Delete(recursive: true);
}
