using Cms.Formats.Edits;
using Cms.Formats.Mapping;
using Cms.Formats.Refusals;

namespace Cms.Client.Sessions;

/// <summary>One user's staged operations on one module, held by this process alone until disposed.</summary>
/// <remarks>
/// The file is a line with a random name, then a line of JSON for each operation. It survives the daemon and the
/// shell, and needs neither to be read. A commit holds it from the read to the removal, so that what is
/// committed is what was staged. One thread.
/// </remarks>
public sealed class StagedFile : IDisposable
{
    private const string Suffix = ".staged";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _path;
    private readonly FileLock _lock;

    private StagedFile(string path, FileLock held)
    {
        _path = path;
        _lock = held;
        Staged = ReadFile(path);
    }

    /// <summary>What is staged now.</summary>
    public StagedOperations Staged { get; private set; }

    /// <summary>The modules with staged operations, by name.</summary>
    public static IReadOnlyList<string> Modules(string sessionDirectory) =>
        !Directory.Exists(sessionDirectory) ? []
        : [.. Directory.EnumerateFiles(sessionDirectory, "*" + Suffix).Select(path => Path.GetFileName(path)[..^Suffix.Length]).Order(StringComparer.Ordinal)];

    /// <summary>What is staged, without waiting for a process that holds the session.</summary>
    /// <exception cref="RefusedException">The file is damaged; the message says what to do.</exception>
    public static StagedOperations Read(string sessionDirectory, string module) => ReadFile(PathOf(sessionDirectory, module));

    /// <summary>Waits until no other process holds the session, then holds it.</summary>
    /// <exception cref="RefusedException">The file is damaged, or waiting would never end; the message says what to do.</exception>
    /// <exception cref="IOException">The directory cannot be made or written.</exception>
    public static StagedFile Open(string sessionDirectory, string module)
    {
        Directory.CreateDirectory(sessionDirectory, Private);
        var held = Hold(Path.Combine(sessionDirectory, module + ".lock"), module);
        try
        {
            return new StagedFile(PathOf(sessionDirectory, module), held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    // A validator's command would wait for the commit that waits for it.
    private static FileLock Hold(string path, string module) =>
        Environment.GetEnvironmentVariable(CmsClient.ValidationVariable) is not { Length: > 0 } ? FileLock.Take(path, isExclusive: true)
        : FileLock.TryTake(path, isExclusive: true) ?? throw new RefusedException(
            ErrorCode.Locked, $"what is staged in module '{module}' is being committed and waits for this validation; answer first, or write to other modules");

    /// <summary>Stages further operations, in order.</summary>
    /// <param name="operations">What to stage.</param>
    /// <param name="maxOperations">The bound of a session.</param>
    /// <exception cref="RefusedException">The session would be over its bound; nothing was staged.</exception>
    public void Append(IReadOnlyCollection<ModuleOperation> operations, int maxOperations)
    {
        if (Staged.Operations.Count + operations.Count > maxOperations)
        {
            throw new RefusedException(ErrorCode.TooLarge, $"the session would hold more than {maxOperations} changes; commit or revert first");
        }

        using (var file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.Write))
        {
            // A process that was killed while it staged may have left half a line behind.
            file.SetLength(Staged.LengthBytes);
            file.Seek(0, SeekOrigin.End);
            if (file.Length == 0)
            {
                file.Write(StagedOperations.NewName());
            }

            foreach (var operation in operations)
            {
                file.Write(StagedOperations.Format(operation));
            }
        }

        Staged = ReadFile(_path);
    }

    /// <summary>Notes, before a commit is sent, that it is; what is staged later is told apart from it.</summary>
    /// <returns>What to send.</returns>
    public StagedOperations MarkSent()
    {
        using (var file = new FileStream(_path, FileMode.Open, FileAccess.Write))
        {
            file.SetLength(Staged.LengthBytes);
            file.Seek(0, SeekOrigin.End);
            file.Write(StagedOperations.SentLine);
        }

        Staged = ReadFile(_path);
        return Staged.Sent!;
    }

    /// <summary>Forgets what is staged.</summary>
    public void Clear()
    {
        File.Delete(_path);
        Staged = StagedOperations.None;
    }

    /// <summary>Keeps only these operations, as a new session; a process that is killed meanwhile leaves the old ones or the new ones.</summary>
    public void Replace(IReadOnlyCollection<ModuleOperation> operations)
    {
        if (operations.Count == 0)
        {
            Clear();
            return;
        }

        DurableFile.Replace(_path, file =>
        {
            file.Write(StagedOperations.NewName());
            foreach (var operation in operations)
            {
                file.Write(StagedOperations.Format(operation));
            }
        });
        Staged = ReadFile(_path);
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private static string PathOf(string sessionDirectory, string module) => Path.Combine(sessionDirectory, module + Suffix);

    private static StagedOperations ReadFile(string path)
    {
        try
        {
            return StagedOperations.Parse(File.ReadAllBytes(path), path);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return StagedOperations.None;
        }
    }
}
