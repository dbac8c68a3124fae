using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Cms.Tests.Faults;

/// <summary>When a process that dies at an operation does so.</summary>
internal enum Death
{
    /// <summary>Nothing of the operation was done.</summary>
    Before,

    /// <summary>All of it was done, and nothing after it.</summary>
    After,

    /// <summary>Half of the bytes of a write were written; as <see cref="After"/> for all else.</summary>
    Within,
}

/// <summary>What the processes under the library are told, and the log that they write.</summary>
/// <remarks>The page is laid out as <c>Native/control.h</c> says.</remarks>
internal sealed class FaultControl : IDisposable
{
    private const int PageSize = 4096;
    private const int ClockShiftAt = 8;
    private const int DiesAtAt = 16;
    private const int DiesHowAt = 24;
    private const int OperationCountAt = 32;
    private const int FailureAt = 40;
    private const int IgnoresLocksAt = 48;
    private const int FailingPathAt = 64;
    private const int UnsyncedNameAt = 320;
    private const int NameSize = 256;

    private readonly string _directory;
    private readonly string _root;
    private readonly SafeFileHandle _page;

    /// <param name="root">The directory under which every change is recorded.</param>
    public FaultControl(string root)
    {
        _root = root;
        _directory = Directory.CreateTempSubdirectory("cms-faults-").FullName;
        LogPath = Path.Combine(_directory, "log");
        File.WriteAllBytes(LogPath, []);
        _page = File.OpenHandle(Path.Combine(_directory, "control"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.SetLength(_page, PageSize);
    }

    /// <summary>The log; it only grows.</summary>
    public string LogPath { get; }

    /// <summary>How long the log is now: what has an answer before this was asked is in it.</summary>
    public long Position => new FileInfo(LogPath).Length;

    /// <summary>How many operations were counted.</summary>
    public long OperationCount => Read(OperationCountAt);

    /// <summary>Added to the wall clock of the processes.</summary>
    public TimeSpan ClockShift
    {
        set => Write(ClockShiftAt, value.Ticks * 100);
    }

    /// <summary>Grants locks of recorded files without taking them.</summary>
    public bool IgnoresLocks
    {
        set => Write(IgnoresLocksAt, value ? 1 : 0);
    }

    /// <summary>Syncs of files with this in their path do nothing, without a word.</summary>
    public string UnsyncedName
    {
        set => Write(UnsyncedNameAt, value);
    }

    /// <summary>The variables that a process under the library is started with.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = FaultLibrary.Path,
        ["CMS_FAULTS_CONTROL"] = Path.Combine(_directory, "control"),
        ["CMS_FAULTS_LOG"] = LogPath,
        ["CMS_FAULTS_ROOT"] = _root,
    };

    /// <summary>Has the process die that does an operation, counted from 1 over all since the start; 0 lets all live.</summary>
    public void DieAt(long operation, Death how)
    {
        Write(DiesHowAt, (long)how);
        Write(DiesAtAt, operation);
    }

    /// <summary>Has changes fail.</summary>
    /// <param name="error">The errno; 0 ends the failures. No space fails only what needs space.</param>
    /// <param name="path">Under which directory, relative to the root.</param>
    public void Fail(int error, string path)
    {
        Write(FailingPathAt, path);
        Write(FailureAt, error);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _page.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private long Read(int at)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        _ = RandomAccess.Read(_page, bytes, at);
        return BitConverter.ToInt64(bytes);
    }

    private void Write(int at, long value) => RandomAccess.Write(_page, BitConverter.GetBytes(value), at);

    private void Write(int at, string text)
    {
        var bytes = new byte[NameSize];
        Encoding.UTF8.GetBytes(text, bytes.AsSpan(0, NameSize - 1));
        RandomAccess.Write(_page, bytes, at);
    }
}
