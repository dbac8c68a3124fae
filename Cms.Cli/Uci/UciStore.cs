using System.Buffers;
using System.ComponentModel;
using Cms.Formats.Mapping;
using Cms.Formats.Uci;
using Microsoft.Win32.SafeHandles;

namespace Cms.Cli.Uci;

/// <summary>The files of packages and their deltas.</summary>
/// <remarks>
/// Invariants: a package and its deltas are read under a lock on the delta file that new changes go to, so a commit, which holds
/// that lock from its reading to its truncating, is seen whole or not at all; changes are appended under the same lock, exclusively,
/// to a package that was read under it. The last package read is kept: it stands for as long as the status of its file and of each
/// delta file is the same, which is asked anew for every command, so that changes of others are seen. One thread.
/// </remarks>
internal sealed class UciStore(UciCommandLine options, UciOutput output)
{
    private const uint DefaultDirectoryPermissions = 0x1c0;
    private const uint DefaultFilePermissions = 0x180;
    private const int PermissionDenied = 13;

    private LoadedPackage? _kept;

    /// <summary>Whether a text was parsed, or would have been without the kept package, since this was last set to false.</summary>
    public bool HasParsed { get; set; }

    /// <summary>Forgets the kept package, because files were changed otherwise than by appending deltas.</summary>
    public void Forget() => _kept = null;

    /// <summary>The names of the packages in order, overriding ones included; null when there is no file at all.</summary>
    public IReadOnlyList<string>? ListPackages()
    {
        var files = FilesIn(options.ConfigDirectory).Concat(FilesIn(options.OverrideDirectory)).ToHashSet(StringComparer.Ordinal);
        return files.Count == 0 ? null : [.. files.Where(name => UciNames.IsListed(name)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Where the file of a package is or would be; null for a name that cannot be one.</summary>
    public string? PathOf(string package, out bool hasDelta)
    {
        hasDelta = package.Length > 0 && package[0] != '/' && !package.StartsWith("./", StringComparison.Ordinal);
        if (!hasDelta)
        {
            return package.Length > 0 ? package : null;
        }

        if (package[0] == '.' || package.Contains('/') || !UciNames.IsPackage(package))
        {
            return null;
        }

        var overriding = Path.Join(options.OverrideDirectory, package);
        return FileStatus.TryOf(overriding) is { IsRegular: true } ? overriding : Path.Join(options.ConfigDirectory, package);
    }

    /// <summary>The file that new changes of a package go to.</summary>
    public string DeltaPathOf(string package) => Path.Join(options.SaveDirectory, package);

    /// <summary>Reads a package with its deltas.</summary>
    public UciFailure? Load(string package, out LoadedPackage? loaded)
    {
        try
        {
            using var delta = OpenReadable(DeltaPathOf(Path.GetFileName(package)));
            using var shared = delta is null ? null : FileLock.Take(delta, isExclusive: false);
            return LoadLocked(package, out loaded);
        }
        catch (IOException)
        {
            loaded = null;
            return UciFailure.Io;
        }
    }

    /// <summary>Reads a package under a lock that the caller holds on its delta file.</summary>
    public UciFailure? LoadLocked(string package, out LoadedPackage? loaded)
    {
        loaded = null;
        var path = PathOf(package, out var hasDelta);
        if (path is null || FileStatus.TryOf(path) is not { IsRegular: true } status)
        {
            return UciFailure.NotFound;
        }

        HasParsed = true;
        var name = Path.GetFileName(package);
        if (_kept is { } kept && kept.Path == path && kept.File == status && (!hasDelta || StatusOfDeltas(name).SequenceEqual(kept.Deltas)))
        {
            loaded = kept;
            return null;
        }

        Forget();
        return Read(name, path, hasDelta, out loaded);
    }

    /// <summary>All changes that wait for a package, in order, with their lock held by the caller or not needed.</summary>
    /// <param name="loaded">The package, read by <see cref="Load"/> or <see cref="LoadLocked"/>.</param>
    public byte[] ReadDeltas(LoadedPackage loaded)
    {
        var text = new ArrayBufferWriter<byte>();
        for (var index = 0; index < loaded.Deltas.Length; index++)
        {
            text.Write(ReadPending(loaded.Package.Name, index, loaded.Text, out _).Span);
        }

        return text.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Lets a command change a package: <paramref name="decide"/> sees the package and answers the changes, which are appended to
    /// its delta file, or, for a package given by path, done to the file.
    /// </summary>
    /// <remarks>
    /// The delta file is made only when there is something to write. When another process makes it first, the command is decided anew
    /// upon what that process wrote.
    /// </remarks>
    public UciFailure? Edit(string package, Func<LoadedPackage, UciEdit> decide)
    {
        try
        {
            if (PathOf(package, out var hasDelta) is { } path && !hasDelta)
            {
                return EditFile(package, path, decide);
            }

            using var existing = FileLock.TakeExisting(DeltaPathOf(package), isExclusive: true);
            var failure = Decide(package, decide, out var loaded, out var edit);
            if (failure is not null || edit!.Lines.Count == 0)
            {
                return failure;
            }

            if (existing is not null)
            {
                return Append(existing.Handle, loaded!, edit);
            }

            using var made = MakeDelta(package, loaded!);
            if (RandomAccess.GetLength(made.Handle) > 0)
            {
                Forget();
                failure = Decide(package, decide, out loaded, out edit);
            }

            return failure ?? Append(made.Handle, loaded!, edit!);
        }
        catch (IOException)
        {
            return UciFailure.Io;
        }
    }

    private static IEnumerable<string> FilesIn(string directory) => Directory.Exists(directory)
        ? Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path)!).Where(name => name[0] != '.')
        : [];

    // Who may not read somebody's waiting changes sees the package without them.
    private static SafeFileHandle? OpenReadable(string path)
    {
        try
        {
            return RawFile.TryOpenForReading(path);
        }
        catch (IOException fault) when ((fault.InnerException as Win32Exception)?.NativeErrorCode == PermissionDenied)
        {
            return null;
        }
    }

    private ReadOnlyMemory<byte> ReadPending(string package, int index, ReadOnlyMemory<byte> text, out FileStatus? status)
    {
        using var file = OpenReadable(Path.Join(options.DeltaDirectories[index], package));
        status = file is null ? null : FileStatus.Of(file);
        ReadOnlyMemory<byte> delta = status is { IsRegular: true } ? RawFile.ReadAll(file!) : [];
        return index == options.DeltaDirectories.Count - 1 ? DeltaMark.Pending(delta, text.Span) : delta;
    }

    private FileStatus?[] StatusOfDeltas(string package) =>
        [.. options.DeltaDirectories.Select(directory => FileStatus.TryOf(Path.Join(directory, package)))];

    private UciFailure? Read(string name, string path, bool hasDelta, out LoadedPackage? loaded)
    {
        loaded = null;
        using var file = RawFile.TryOpenForReading(path);
        if (file is null)
        {
            return UciFailure.NotFound;
        }

        var status = FileStatus.Of(file);
        var text = RawFile.ReadAll(file);
        if (Parse(name, text, out var package) is { } failure)
        {
            return failure;
        }

        var deltas = new FileStatus?[hasDelta ? options.DeltaDirectories.Count : 0];
        var applied = 0;
        for (var index = 0; index < deltas.Length; index++)
        {
            applied += UciDelta.Apply(ReadPending(name, index, text, out deltas[index]), name, package!);
        }

        loaded = _kept = new LoadedPackage(package!, path, hasDelta, status, text) { Deltas = deltas, AppliedCount = applied };
        return null;
    }

    private UciFailure? Parse(string name, ReadOnlyMemory<byte> text, out UciPackage? package)
    {
        var how = new UciReaderOptions { Dialect = UciDialect.Reference, IsStrict = options.IsStrict };
        package = UciPackage.TryParse(name, text, how, Report, out var error);
        return package is null ? UciFailure.Of(error!) : null;
    }

    /// <summary>Prints what is wrong with a line that non-strict reading skips.</summary>
    public void Report(UciParseError error)
    {
        if (options.IsReportingSkippedLines)
        {
            output.WriteError($"{error}\n");
        }
    }

    private UciFailure? Decide(string package, Func<LoadedPackage, UciEdit> decide, out LoadedPackage? loaded, out UciEdit? edit)
    {
        edit = null;
        var failure = LoadLocked(package, out loaded);
        if (failure is not null)
        {
            return failure;
        }

        edit = decide(loaded!);
        if (edit.Failure is not null && edit.IsApplied)
        {
            Forget();
        }

        return edit.Failure;
    }

    private FileLock MakeDelta(string package, LoadedPackage loaded)
    {
        if (!Directory.Exists(options.SaveDirectory))
        {
            var permissions = FileStatus.TryOf(options.ConfigDirectory)?.Permissions ?? DefaultDirectoryPermissions;
            RawFile.MakeDirectory(options.SaveDirectory, permissions);
        }

        var config = FileStatus.TryOf(Path.Join(options.ConfigDirectory, package)) ?? loaded.File;
        return FileLock.Take(DeltaPathOf(package), isExclusive: true, config.Permissions | DefaultFilePermissions);
    }

    private static UciFailure? Append(SafeFileHandle file, LoadedPackage loaded, UciEdit edit)
    {
        var text = new ArrayBufferWriter<byte>();
        foreach (var line in edit.Lines)
        {
            line.Write(text);
        }

        RandomAccess.Write(file, text.WrittenSpan, RandomAccess.GetLength(file));
        loaded.AppliedCount += edit.IsApplied ? edit.Lines.Count : edit.Lines.Count(line => UciDelta.Apply(line, loaded.Package));
        loaded.Deltas[^1] = FileStatus.Of(file);
        return null;
    }

    private UciFailure? EditFile(string package, string path, Func<LoadedPackage, UciEdit> decide)
    {
        using var directory = FileLock.TakeExisting(Path.GetDirectoryName(Path.GetFullPath(path))!, isExclusive: true);
        if (directory is null)
        {
            return UciFailure.NotFound;
        }

        var failure = Decide(package, decide, out var loaded, out var edit);
        if (failure is not null || edit!.Lines.Count == 0)
        {
            return failure;
        }

        foreach (var line in edit.IsApplied ? [] : edit.Lines)
        {
            UciDelta.Apply(line, loaded!.Package);
        }

        UciCommit.WriteFile(loaded!);
        Forget();
        return null;
    }
}
