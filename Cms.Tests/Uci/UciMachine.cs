using System.Text;
using Cms.Cli.Uci;

namespace Cms.Tests.Uci;

/// <summary>A scratch machine on which the personality runs in this process.</summary>
internal sealed class UciMachine : IDisposable
{
    public const string Router = """

        config interface 'lan'
        	option proto 'static'
        	list dns '1.1.1.1'
        	list dns '8.8.8.8'
        	option ip '10.0.0.1'

        config rule
        	option name 'first one'
        	option target 'ACCEPT'

        config rule
        	option name 'second'

        config rule 'named'
        	option x 'y'


        """;

    public UciMachine()
    {
        Root = Directory.CreateTempSubdirectory("cms-uci-").FullName;
        Directory.CreateDirectory(ConfigDirectory);
        File.SetUnixFileMode(ConfigDirectory, (UnixFileMode)Convert.ToInt32("755", 8));
        Write("t", Router);
    }

    public string Root { get; }

    public string ConfigDirectory => Path.Join(Root, "C");

    public string SaveDirectory => Path.Join(Root, "D");

    public IDaemonCommits? Daemon { get; set; }

    public void Write(string package, string text) => File.WriteAllText(Path.Join(ConfigDirectory, package), text);

    public string Config(string package) => File.ReadAllText(Path.Join(ConfigDirectory, package));

    public string Delta(string package) =>
        File.Exists(Path.Join(SaveDirectory, package)) ? File.ReadAllText(Path.Join(SaveDirectory, package)) : string.Empty;

    public void WriteDelta(string package, string text)
    {
        Directory.CreateDirectory(SaveDirectory);
        File.WriteAllText(Path.Join(SaveDirectory, package), text);
    }

    public UciAnswer Run(params string[] arguments) => RunWith(string.Empty, arguments);

    public UciAnswer RunWith(string input, params string[] arguments) =>
        Run([.. arguments.Select(Encoding.UTF8.GetBytes)], Encoding.UTF8.GetBytes(input));

    public UciAnswer Run(IReadOnlyList<byte[]> arguments, byte[] input)
    {
        var environment = new UciEnvironment
        {
            OverrideDirectory = Path.Join(Root, "override"),
            SaveDirectory = Path.Join(Root, "default-save"),
            Daemon = Daemon,
        };
        byte[][] places = ["-c"u8.ToArray(), Encoding.UTF8.GetBytes(ConfigDirectory), "-t"u8.ToArray(), Encoding.UTF8.GetBytes(SaveDirectory)];
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        using var standardInput = new MemoryStream(input);
        var code = UciPersonality.Run([.. places.Concat(arguments).Select(one => (ReadOnlyMemory<byte>)one)], standardInput, output, error, environment);
        return new UciAnswer(Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()), code);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}

/// <summary>What a command printed and answered.</summary>
internal sealed record UciAnswer(string Output, string Error, int Code);
