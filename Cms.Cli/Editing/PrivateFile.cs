namespace Cms.Cli.Editing;

/// <summary>A file that only this user can read, in a directory that only he can enter; both stay until they are removed.</summary>
/// <remarks>One thread; the editor is another process.</remarks>
internal sealed class PrivateFile
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cms-edit-");
    private byte[]? _first;

    /// <param name="name">What it is called, for the editor to show.</param>
    public PrivateFile(string name) => Path = System.IO.Path.Combine(_directory.FullName, name);

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Whether it is there.</summary>
    public bool Exists => File.Exists(Path);

    /// <summary>Whether it holds anything but the text that was first put into it.</summary>
    public bool IsEdited => Exists && !Read().AsSpan().SequenceEqual(_first);

    private string Next => Path + ".next";

    /// <summary>Puts a text into it, in one step: without room for it the text of before stays.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(ReadOnlySpan<byte> text)
    {
        using (var file = new FileStream(Next, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = Mode }))
        {
            file.Write(text);
        }

        File.Move(Next, Path, overwrite: true);
        _first ??= text.ToArray();
    }

    /// <summary>What is in it.</summary>
    public byte[] Read() => File.ReadAllBytes(Path);

    /// <summary>Leaves it for the user to find; an editor may have made a new file of it, which others could read.</summary>
    public void Keep()
    {
        File.Delete(Next);
        File.SetUnixFileMode(Path, Mode);
    }

    /// <summary>Removes the file and its directory.</summary>
    public void Remove() => _directory.Delete(recursive: true);
}
