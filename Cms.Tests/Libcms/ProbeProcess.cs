using System.Globalization;
using System.Text;
using Cms.Formats.Modules;
using Xunit;

namespace Cms.Tests.Libcms;

/// <summary>libcms/tests/probe.c in a process of its own: a C program that reads a segment as it is told.</summary>
internal sealed class ProbeProcess : LineProcess
{
    public const int Ok = 0;
    public const int NotFound = 2;
    public const int End = 32;
    public const int WrongType = 33;
    public const int TooOld = 35;
    public const int TimedOut = 36;

    private ProbeProcess(string path)
        : base(NativeProgram.Sanitized("probe"), path)
    {
    }

    /// <summary>Opens a segment in a new process.</summary>
    public static async Task<ProbeProcess> StartAsync(string path)
    {
        var probe = new ProbeProcess(path);
        Assert.Equal("0 done", probe.Read());
        return probe;
    }

    /// <summary>A command about a key.</summary>
    public string AskAbout(string command, string key, string more = "") => Ask($"{command} {Hex(Encoding.ASCII.GetBytes(key))}{more}");

    /// <summary>The values of many keys, null for those that are missing.</summary>
    /// <param name="command"><c>many</c> or <c>handles</c>.</param>
    /// <param name="keys">The keys.</param>
    public string?[] AskMany(string command, IReadOnlyList<string> keys)
    {
        var words = Ask($"{command} {string.Join(' ', keys.Select(key => Hex(Encoding.ASCII.GetBytes(key))))}").Split(' ');
        Assert.Equal("0", words[0]);
        return [.. Enumerable.Range(0, keys.Count).Select(index => ValueOf(words[1 + (2 * index)], words[2 + (2 * index)]))];
    }

    /// <summary>The whole module, as <see cref="TextOf"/> writes it.</summary>
    public string Dump() => AskAll("dump");

    /// <summary>All tables, as <see cref="ClientProcess.TablesOf"/> writes them.</summary>
    public string Tables() => AskAll("tables");

    /// <summary>What <see cref="Dump"/> gives for this state.</summary>
    public static string TextOf(IModuleView view)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"revision {view.Revision.Value}\n"));
        foreach (var section in view.Sections())
        {
            text.Append(CultureInfo.InvariantCulture, $"section {section.Id.Value} {section.Changed.Value} {section.Type} {section.Name ?? "-"}\n");
            foreach (var option in view.Options(section.Id))
            {
                var kind = option.Value.IsList ? 'l' : 's';
                text.Append(CultureInfo.InvariantCulture, $"option {option.Name} {(int)option.Value.ElementType} {kind} {option.Changed.Value} {HexOf(option.Value)}\n");
            }
        }

        return text.Append("status 0\n").ToString();
    }

    /// <summary>A value's encoding in hexadecimal.</summary>
    public static string HexOf(ConfigValue value) => Hex(value.Encoding.Span);

    /// <summary>Bytes in hexadecimal, a dash when there are none.</summary>
    public static string Hex(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? "-" : Convert.ToHexStringLower(bytes);

    private static string? ValueOf(string status, string text)
    {
        Assert.Contains(status, new[] { "0", "2" });
        return status == "0" ? text : null;
    }
}
