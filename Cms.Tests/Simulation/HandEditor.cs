using System.Globalization;
using System.Text;
using Cms.Formats.Mapping;

namespace Cms.Tests.Simulation;

/// <summary>Somebody who edits the text files of modules, or spoils or removes them, without asking anybody.</summary>
internal sealed class HandEditor(SimulatedMachine machine, IReadOnlyList<string> modules, int seed)
{
    private static readonly TimeSpan NoticeDelay = TimeSpan.FromMilliseconds(50);

    private readonly Random _random = new(seed);
    private readonly List<(string Module, string Text)> _edits = [];
    private readonly HashSet<string> _spoiled = [];

    /// <summary>What was written into which module's file and must be found again.</summary>
    public IReadOnlyList<(string Module, string Text)> Edits => _edits;

    /// <summary>Edits now and then.</summary>
    public async Task RunAsync(int edits)
    {
        for (var number = 1; number <= edits; number++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(3_000)), machine.Clock, CancellationToken.None);
            var module = modules[_random.Next(modules.Count)];
            if (_spoiled.Contains(module))
            {
                Mend(module);
            }
            else
            {
                Edit(module, number);
            }
        }
    }

    /// <summary>Makes every file readable again that was spoiled.</summary>
    public void MendAll()
    {
        foreach (var module in _spoiled.Order(StringComparer.Ordinal).ToList())
        {
            Mend(module);
        }
    }

    private void Edit(string module, int number)
    {
        var path = machine.FilePath(module);
        var old = File.Exists(path) ? File.ReadAllText(path) : "";
        switch (_random.Next(8))
        {
            case 0 when old.Length > 0:
                machine.Trace.Add($"somebody removes the file of {module}");
                File.Delete(path);
                _edits.RemoveAll(edit => edit.Module == module);
                break;
            case 1:
                machine.Trace.Add($"somebody spoils the file of {module}");
                _spoiled.Add(module);
                Write(module, old + "config 'unfinished\n");
                break;
            case 2 or 3 when old.Contains("option o0", StringComparison.Ordinal):
                machine.Trace.Add($"somebody changes an option in the file of {module}");
                Write(module, ChangeOption(old, number));
                break;
            default:
                var text = string.Create(CultureInfo.InvariantCulture, $"hand-{number}");
                machine.Trace.Add($"somebody adds {text} to the file of {module}");
                _edits.Add((module, text));
                Write(module, $"{old}\nconfig hand 'h{number}' # by hand\n\toption text '{text}'\n");
                break;
        }

        Notice(module);
    }

    private string ChangeOption(string old, int number)
    {
        var lines = old.Split('\n');
        var places = lines.Index().Where(line => line.Item.Contains("option o0", StringComparison.Ordinal)).Select(line => line.Index).ToList();
        lines[places[_random.Next(places.Count)]] = $"\toption o0 'changed-{number}'";
        return string.Join('\n', lines);
    }

    private void Mend(string module)
    {
        machine.Trace.Add($"somebody mends the file of {module}");
        _spoiled.Remove(module);
        var path = machine.FilePath(module);
        if (File.Exists(path))
        {
            Write(module, File.ReadAllText(path).Replace("config 'unfinished\n", "", StringComparison.Ordinal));
        }

        Notice(module);
    }

    private void Write(string module, string text)
    {
        var path = machine.FilePath(module);
        File.WriteAllText(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        using var file = RawFile.TryOpenForReading(path);

        // A process that another thread starts holds a copy of the handle for a moment, and the file seems to be still written.
        SpinWait.SpinUntil(() => RawFile.IsOpenForWriting(file!) != true);
    }

    // The watch tells after a quiet moment; sometimes the system has lost the event.
    private void Notice(string module)
    {
        if (_random.Next(5) != 0)
        {
            machine.Clock.After(NoticeDelay, () =>
            {
                if (machine.Node is { IsServing: true } node)
                {
                    node.Post(() => node.Modules!.LookAtFile(module));
                }
            });
        }
    }
}
