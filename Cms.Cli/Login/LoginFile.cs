namespace Cms.Cli.Login;

/// <summary>The tokens of this user's logins, a line for each node: its name, a blank, the token. Nobody else can read it.</summary>
internal sealed class LoginFile
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path = Path.Combine(UserDirectory.Of("XDG_CONFIG_HOME", ".config"), "cms", "logins");

    /// <summary>The token for a node, or null.</summary>
    public string? Find(string node) => Read().Where(line => line.Node == node).Select(line => line.Token).FirstOrDefault();

    /// <summary>Keeps a token for a node; null forgets it.</summary>
    /// <exception cref="IOException">The file cannot be written; the one of before stays.</exception>
    public void Set(string node, string? token)
    {
        var lines = Read().Where(line => line.Node != node).Append((Node: node, Token: token ?? "")).Where(line => line.Token.Length > 0);
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!, Private | UnixFileMode.UserExecute);

        // It is private from its first byte on, and whole whenever it is read.
        var next = $"{_path}.{Environment.ProcessId}";
        using (var file = new FileStream(next, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = Private }))
        using (var text = new StreamWriter(file))
        {
            foreach (var line in lines)
            {
                text.Write($"{line.Node} {line.Token}\n");
            }
        }

        File.Move(next, _path, overwrite: true);
    }

    private List<(string Node, string Token)> Read() =>
        !File.Exists(_path) ? []
        : [.. File.ReadAllLines(_path).Select(line => line.Split(' ')).Where(parts => parts.Length == 2).Select(parts => (parts[0], parts[1]))];
}
