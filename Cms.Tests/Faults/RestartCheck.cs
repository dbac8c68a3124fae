using System.Globalization;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Formats.Uci;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.Faults;

/// <summary>Starts real programs on the files that something terrible has left, and says what they lost.</summary>
/// <param name="ledger">What was asked for and acknowledged.</param>
/// <param name="position">The length of the log when it happened.</param>
internal sealed class RestartCheck(CommitLedger ledger, long position)
{
    private const int WholeHistory = 10_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts a node on its files.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> FindProblemAsync(ILocalNode node)
    {
        if (CheckFile(node.Root) is { } lost)
        {
            return lost;
        }

        try
        {
            await node.StartAsync();
            return await FindProblemWhileRunningAsync(node);
        }
        // Whatever a node fails with on such files is what is looked for.
#pragma warning disable CA1031
        catch (Exception failed) when (failed is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return failed.ToString();
        }
    }

    private async Task<string?> FindProblemWhileRunningAsync(ILocalNode node)
    {
        var status = await node.Client.StatusAsync(Token);
        foreach (var counter in ledger.Entries.Select(entry => entry.Counter).Distinct())
        {
            if (await FindProblemAsync(node, status, counter) is { } problem)
            {
                return $"{counter}: {problem}";
            }
        }

        foreach (var report in status.Modules.Where(module => module.Problem is null))
        {
            if (await CheckTextAsync(node, report.Module) is { } problem)
            {
                return $"{report.Module}: {problem}";
            }
        }

        if (NumberIn(node, "load", "both") != NumberIn(node, "large", "both"))
        {
            return $"load.both is {NumberIn(node, "load", "both")} and large.both is {NumberIn(node, "large", "both")}";
        }

        return Directory.GetFiles(Path.Combine(node.Root, "config"), ".*.uci-*").FirstOrDefault() is { } left ? $"{left} was left behind" : null;
    }

    /// <summary>Finishes with <c>uci</c>, without a daemon, what was begun on the files of a root.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> FindUciProblemAsync(string root)
    {
        if (CheckFile(root) is { } lost)
        {
            return lost;
        }

        var none = new Dictionary<string, string>();
        var (code, output) = await FaultProcess.RunAsync(none, "", FaultProcess.Uci(root, "commit", "classic"));
        return code != 0 ? $"uci commit answers {code}: {output}" : CheckFile(root);
    }

    // What uci has acknowledged is in the text file, with a daemon or without.
    private string? CheckFile(string root)
    {
        var path = Path.Combine(root, "config", "classic");
        if (!ledger.Entries.Any(entry => entry.Counter == "classic.uci"))
        {
            return null;
        }

        if (!File.Exists(path))
        {
            return "text of classic: it is gone";
        }

        try
        {
            return CheckNumber(UciPackage.Parse("classic", File.ReadAllBytes(path), UciReaderOptions.Default), "classic.uci") is { } problem ? $"text of classic: {problem}" : null;
        }
        catch (UciParseException malformed)
        {
            return $"text of classic: {malformed.Message}";
        }
    }

    private string? CheckNumber(IModuleView view, string counter)
    {
        var (least, most) = (ledger.Acknowledged(counter, position), ledger.Asked(counter, position));
        var number = 0;
        var section = view.FindSection(counter[(counter.IndexOf('.', StringComparison.Ordinal) + 1)..]);
        return section is not null && NumberedSection.Check(view, section, out number) is { } half ? half
            : number < least ? $"{least} was acknowledged, {number} is there"
            : number > most ? $"{number} is there, but only {most} was asked for"
            : null;
    }

    private async Task<string?> FindProblemAsync(ILocalNode node, StatusReply status, string counter)
    {
        var module = counter[..counter.IndexOf('.', StringComparison.Ordinal)];
        var report = status.Modules.FirstOrDefault(each => each.Module == module);
        if (report is null)
        {
            return ledger.Acknowledged(counter, position) > 0 ? "the module is gone" : null;
        }

        if (report.State != "running")
        {
            return $"the module is {report.State}: {report.Problem}";
        }

        // A text that was cut short while an editor wrote it may be nonsense, which is left to the editor.
        var isTorn = module == "edited" && ledger.Acknowledged(counter, position) < ledger.Asked(counter, position) && report.Problem is not null;
        return await CheckHistoryAsync(node, module, counter)
            ?? CheckSegment(node, module, counter)
            ?? (isTorn ? null : report.Problem);
    }

    private string? CheckSegment(ILocalNode node, string module, string counter)
    {
        using var reader = Read(node, module);
        return CheckNumber(reader.Snapshot(), counter);
    }

    private static async Task<string?> CheckHistoryAsync(ILocalNode node, string module, string counter)
    {
        var history = await node.Client.HistoryAsync(module, WholeHistory, Token);
        if (!history.Select(entry => entry.Revision).SequenceEqual(Enumerable.Range(0, history.Count).Select(index => (long)history.Count - index)))
        {
            return $"the revisions are {string.Join(' ', history.Select(entry => entry.Revision))}";
        }

        var prefix = counter[(module.Length + 1)..] + "-";
        var messages = history.Select(entry => entry.Message).Where(message => message.StartsWith(prefix, StringComparison.Ordinal)).Reverse().ToList();
        var expected = Enumerable.Range(1, messages.Count).Select(number => string.Create(CultureInfo.InvariantCulture, $"{prefix}{number}"));
        return messages.SequenceEqual(expected) ? null : $"the commits are {string.Join(' ', messages)}";
    }

    private static async Task<string?> CheckTextAsync(ILocalNode node, string module)
    {
        var operations = new WireOperation[] { new() { Op = "set", Section = "probe", Type = "probe" }, new() { Op = "set", Section = "probe", Option = "x", Value = ConfigValue.FromText("y") } };
        var reply = await node.Client.CommitAsync(module, new CommitRequest { Operations = operations, WaitForFile = true }, Token);
        if (reply.Warning is not null)
        {
            return reply.Warning;
        }

        var text = await File.ReadAllBytesAsync(FileOf(node, module), Token);
        using var reader = Read(node, module);
        return Canonical(UciPackage.Parse(module, text, UciReaderOptions.Default)).SequenceEqual(Canonical(reader.Snapshot())) ? null
            : "the text file is not as the module";
    }

    // What one transaction wrote into several modules.
    private static string? NumberIn(ILocalNode node, string module, string section)
    {
        if (!File.Exists(FileOf(node, module)))
        {
            return null;
        }

        using var reader = Read(node, module);
        var view = reader.Snapshot();
        return view.FindSection(section) is { } found ? view.FindOption(found.Id, "number")?.Value.GetText() : null;
    }

    private static string FileOf(ILocalNode node, string module) => Path.Combine(node.Root, "config", module);

    private static SegmentReader Read(ILocalNode node, string module) =>
        SegmentReader.Open(Path.Combine(node.RunDirectory, "segments", module + ".seg"));

    private static byte[] Canonical(IModuleView view)
    {
        using var text = new MemoryStream();
        UciWriter.Write(view, text);
        return text.ToArray();
    }
}
