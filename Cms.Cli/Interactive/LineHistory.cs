namespace Cms.Cli.Interactive;

/// <summary>The lines that were typed, kept in a file of the user's own over sessions.</summary>
/// <remarks>What may not be kept is decided by who adds a line. A file that others write at the same time is only added to.</remarks>
internal sealed class LineHistory
{
    /// <summary>How many lines are kept.</summary>
    public const int MaxLines = 1000;

    private const UnixFileMode PrivateDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;
    private readonly List<string> _lines = [];
    private int _shown;

    /// <summary>Reads what was kept.</summary>
    /// <exception cref="IOException">The file is there and cannot be read.</exception>
    public LineHistory(string path)
    {
        _path = path;
        if (File.Exists(path))
        {
            _lines.AddRange(File.ReadAllLines(path));
        }

        if (_lines.Count > 2 * MaxLines)
        {
            _lines.RemoveRange(0, _lines.Count - MaxLines);
            Write(FileMode.Create, _lines);
        }

        _shown = _lines.Count;
    }

    /// <summary>Where the user's history is, by the rules of XDG.</summary>
    public static string DefaultPath()
    {
        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        return Path.Combine(
            string.IsNullOrEmpty(state) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state") : state, "cms", "history");
    }

    /// <summary>The lines, oldest first.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Keeps a line, unless it is the last one again.</summary>
    /// <exception cref="IOException">The file cannot be written; the line is remembered until the end all the same.</exception>
    public void Add(string line)
    {
        var isNew = line.Length > 0 && (_lines.Count == 0 || _lines[^1] != line);
        if (isNew)
        {
            _lines.Add(line);
        }

        _shown = _lines.Count;
        if (isNew)
        {
            Write(FileMode.Append, [line]);
        }
    }

    /// <summary>Goes to the newest line again.</summary>
    public void Rewind() => _shown = _lines.Count;

    /// <summary>The line before the one shown last that fits; null when there is none.</summary>
    public string? Back(Func<string, bool> fits)
    {
        for (var index = _shown - 1; index >= 0; index--)
        {
            if (fits(_lines[index]))
            {
                return _lines[_shown = index];
            }
        }

        return null;
    }

    /// <summary>The line after the one shown last; null behind the newest.</summary>
    public string? Forward()
    {
        _shown = Math.Min(_shown + 1, _lines.Count);
        return _shown < _lines.Count ? _lines[_shown] : null;
    }

    private void Write(FileMode mode, IEnumerable<string> lines)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!, PrivateDirectory);
        using var file = new StreamWriter(new FileStream(_path, new FileStreamOptions { Mode = mode, Access = FileAccess.Write, UnixCreateMode = PrivateFile }));
        foreach (var line in lines)
        {
            file.WriteLine(line);
        }
    }
}
