namespace Cms.Tests.Faults;

/// <summary>A disk that has seen the operations of a log, and what a power cut may leave of it.</summary>
/// <remarks>
/// It is as strict as POSIX lets a file system be: a file's bytes and size are certain after a sync of the file, a name after a
/// sync of its directory, and nothing else is. What it takes for granted: changes of the names in one directory, and of the sizes
/// of one file, reach the disk in their order; a rename or an exchange is one step; a sector is written whole.
/// </remarks>
internal sealed class SimulatedDisk
{
    private readonly DiskDirectory _root = new();
    private readonly Dictionary<ulong, DiskFile> _files = [];

    private SimulatedDisk()
    {
    }

    /// <summary>The disk with the files of a directory, all of them synced.</summary>
    public static SimulatedDisk Of(string directory)
    {
        var disk = new SimulatedDisk();
        Load(disk._root, directory);
        return disk;
    }

    /// <summary>Has the disk see operations.</summary>
    public void Apply(IEnumerable<OperationRecord> operations)
    {
        foreach (var operation in operations)
        {
            Apply(operation);
        }
    }

    /// <summary>Makes the files that programs see, or that a power cut leaves, in a directory.</summary>
    /// <param name="target">Exists and is empty.</param>
    /// <param name="survivalOf">Asked for each file and, with null, for each directory.</param>
    /// <param name="random">Decides what is torn and how.</param>
    public void WriteTo(string target, Func<DiskFile?, Survival> survivalOf, Random random) => WriteTo(_root, target, survivalOf, random);

    private static void Load(DiskDirectory directory, string path)
    {
        foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos().OrderBy(each => each.Name, StringComparer.Ordinal))
        {
            object node;
            if (entry.LinkTarget is { } link)
            {
                node = link;
            }
            else if (entry is DirectoryInfo)
            {
                var child = new DiskDirectory();
                Load(child, entry.FullName);
                node = child;
            }
            else
            {
                node = new DiskFile(File.ReadAllBytes(entry.FullName), (uint)entry.UnixFileMode);
            }

            directory.Change(entries => entries[entry.Name] = node);
        }

        directory.Sync();
    }

    private static void WriteTo(DiskDirectory directory, string target, Func<DiskFile?, Survival> survivalOf, Random random)
    {
        foreach (var (name, node) in directory.AfterPowerCut(survivalOf(null), random))
        {
            var path = Path.Combine(target, name);
            switch (node)
            {
                case DiskDirectory child:
                    Directory.CreateDirectory(path);
                    WriteTo(child, path, survivalOf, random);
                    break;
                case DiskFile file:
                    File.WriteAllBytes(path, file.AfterPowerCut(survivalOf(file), random));
                    File.SetUnixFileMode(path, (UnixFileMode)file.Mode);
                    break;
                default:
                    File.CreateSymbolicLink(path, (string)node);
                    break;
            }
        }
    }

    private void Apply(OperationRecord operation)
    {
        switch (operation.Operation)
        {
            case Operation.Create:
                var created = _files[operation.Inode] = new DiskFile([], (uint)operation.Value);
                ChangeName(operation.Path, (entries, name) => entries[name] = created);
                break;
            case Operation.Write:
                FileOf(operation).Write(operation.Value, operation.Data);
                break;
            case Operation.Truncate:
                FileOf(operation).Resize(operation.Value);
                break;
            case Operation.Extend:
                FileOf(operation).Extend(operation.Value);
                break;
            case Operation.Mode:
                FileOf(operation).Mode = (uint)operation.Value;
                break;
            case Operation.Sync when Find(operation.Path) is DiskDirectory directory:
                directory.Sync();
                break;
            case Operation.Sync:
                FileOf(operation).Sync();
                break;
            default:
                ApplyToNames(operation);
                break;
        }
    }

    private void ApplyToNames(OperationRecord operation)
    {
        switch (operation.Operation)
        {
            case Operation.Rename:
                ChangeNames(operation, (entries, from, to) => Move(entries, from, to));
                break;
            case Operation.Exchange:
                ChangeNames(operation, (entries, left, right) => (entries[left], entries[right]) = (entries[right], entries[left]));
                break;
            case Operation.Link:
                var linked = Find(operation.Path)!;
                ChangeName(operation.Other, (entries, name) => entries[name] = linked);
                break;
            case Operation.Unlink or Operation.RemoveDirectory:
                ChangeName(operation.Path, (entries, name) => entries.Remove(name));
                break;
            case Operation.MakeDirectory:
                var made = new DiskDirectory();
                ChangeName(operation.Path, (entries, name) => entries[name] = made);
                break;
            case Operation.Symlink:
                ChangeName(operation.Path, (entries, name) => entries[name] = operation.Other);
                break;
            default:
                throw new InvalidDataException($"The log holds an operation that the disk does not know: {operation}");
        }
    }

    private static void Move(SortedDictionary<string, object> entries, string from, string to)
    {
        entries[to] = entries[from];
        entries.Remove(from);
    }

    private void ChangeNames(OperationRecord operation, Action<SortedDictionary<string, object>, string, string> change)
    {
        if (Path.GetDirectoryName(operation.Path) != Path.GetDirectoryName(operation.Other))
        {
            throw new NotSupportedException($"A rename between directories is not modelled: {operation}");
        }

        var to = Path.GetFileName(operation.Other);
        ChangeName(operation.Path, (entries, from) => change(entries, from, to));
    }

    private void ChangeName(string path, Action<SortedDictionary<string, object>, string> change)
    {
        var name = Path.GetFileName(path);
        ((DiskDirectory)Find(Path.GetDirectoryName(path)!)!).Change(entries => change(entries, name));
    }

    // A file that was there before the log began is known by its path until it is known by its number.
    private DiskFile FileOf(OperationRecord operation)
    {
        if (!_files.TryGetValue(operation.Inode, out var file))
        {
            file = Find(operation.Path) as DiskFile ?? throw new InvalidDataException($"The log speaks of a file that is not there: {operation}");
            _files.Add(operation.Inode, file);
        }

        return file;
    }

    private object? Find(string path)
    {
        object? found = _root;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            found = (found as DiskDirectory)?.Entries.GetValueOrDefault(name);
        }

        return found;
    }
}
