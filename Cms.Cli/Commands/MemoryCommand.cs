using Cms.Cli.Output;
using Cms.Client.Wire;

namespace Cms.Cli.Commands;

/// <summary><c>cms memory</c>: what the segments take, and of one module a picture of its blocks.</summary>
internal static class MemoryCommand
{
    private const int PictureWidth = 40;
    private const double Kilo = 1024;
    private static readonly string[] Numbers = ["allocated", "index", "live", "past", "free", "keys"];

    public static async Task RunAsync(CommandContext context, string? module, CancellationToken cancellation)
    {
        var memory = await context.Client.MemoryAsync(module, cancellation);
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(memory, WireJson.Default.MemoryReply);
            return;
        }

        PrintModules(context.Output, memory.Modules);
        if (module is null)
        {
            context.Output.WriteLine($"{"in all",-20} {Bytes(memory.AllocatedBytes),9}  of {Bytes(memory.LimitBytes)}");
            return;
        }

        foreach (var one in memory.Modules)
        {
            PrintBlocks(context.Output, one.Blocks);
        }
    }

    private static void PrintModules(CommandOutput output, IReadOnlyList<ModuleMemory> modules)
    {
        var table = new TextTable([new TextColumn("module", 20) { IsElastic = true }, .. Numbers.Select(header => new TextColumn(header, 9) { IsRight = true, Gap = 1 })]);
        foreach (var module in modules)
        {
            table.Add(
                module.Module,
                Bytes(module.AllocatedBytes),
                Bytes(module.IndexBytes),
                Bytes(module.LiveBytes),
                Bytes(module.RetainedBytes),
                Bytes(module.FreeBytes),
                module.Entries.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        table.Write(output);
    }

    private static void PrintBlocks(CommandOutput output, IReadOnlyList<BlockUse> blocks)
    {
        output.WriteLine();
        output.WriteLine($"{"block",9} {"used",9} {"free",9}  # used, . free, by bytes");
        var most = blocks.Select(BytesOf).DefaultIfEmpty(1).Max();
        foreach (var use in blocks)
        {
            var width = (int)Math.Ceiling((double)PictureWidth * BytesOf(use) / most);
            var used = (int)((long)width * use.Used / (use.Used + use.Free));
            output.WriteLine($"{use.BlockBytes,9} {use.Used,9} {use.Free,9}  {new string('#', used)}{new string('.', width - used)}");
        }
    }

    private static long BytesOf(BlockUse use) => (long)use.BlockBytes * (use.Used + use.Free);

    private static string Bytes(long bytes) => bytes switch
    {
        < 10_000 => FormattableString.Invariant($"{bytes}"),
        < 10_000_000 => FormattableString.Invariant($"{bytes / Kilo:F0}K"),
        < 10_000_000_000 => FormattableString.Invariant($"{bytes / Kilo / Kilo:F0}M"),
        _ => FormattableString.Invariant($"{bytes / Kilo / Kilo / Kilo:F0}G"),
    };
}
