using System.Runtime.CompilerServices;
using System.Text.Json;
using Cms.Actors.Topics;
using Cms.Client.Wire;
using Cms.Formats.Modules;

namespace Cms.Gateways.Requests;

/// <summary>What subscribers hear, in the words of the wire. Any thread may call.</summary>
internal static class EventMapper
{
    // Many watch the same: an event that is at hand is written out once for all of them.
    private static readonly ConditionalWeakTable<TopicEvent, byte[]> Lines = [];
    private static readonly ConditionalWeakTable<TopicEvent, byte[]> LinesWithOld = [];

    /// <summary>An event as a line of bytes, with its line break.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="withOld">Whether what was there before is wanted.</param>
    public static byte[] ToLine(TopicEvent happened, bool withOld) =>
        (withOld ? LinesWithOld : Lines).GetValue(happened, each => ToBytes(ToLineOf(each, withOld)));

    /// <summary>A line of bytes, with its line break.</summary>
    public static byte[] ToBytes(WatchLine line) => [.. JsonSerializer.SerializeToUtf8Bytes(line, WireJson.Default.WatchLine), (byte)'\n'];

    /// <summary>A change in the words of the wire.</summary>
    public static WireChange ToWire(ToldChange told, bool withOld)
    {
        var wire = told.Change switch
        {
            ModuleChange.OfSection ofSection => ChangeMapper.ToWire(ofSection, told.Section?.Name),
            ModuleChange.OfTable ofTable => ChangeMapper.ToWire(ofTable, table => told.Schema ?? throw new InvalidOperationException($"an event has rows of table '{table}' without its columns")),
            _ => throw new System.Diagnostics.UnreachableException($"unknown change {told.Change.GetType().Name}"),
        };
        return withOld ? WithOld(wire, told) : wire;
    }

    private static WireChange WithOld(WireChange wire, ToldChange told) => wire with
    {
        Old = told.OldOption?.Value,
        OldType = told.Change is ModuleChange.SectionRetyped or ModuleChange.SectionRemoved ? told.Section?.Type : null,
        OldOptions = told.Change is ModuleChange.SectionRemoved ? told.OldOptions.ToDictionary(option => option.Name, option => option.Value) : null,
        OldRow = told is { OldRow: { } row, Schema: { } schema } ? ChangeMapper.ToValues(schema, row.Row) : null,
    };

    private static WatchLine ToLineOf(TopicEvent happened, bool withOld) => happened switch
    {
        TopicEvent.Committed committed => ToLine(WatchLine.Commit, committed, withOld),
        TopicEvent.Lost lost => new() { Kind = WatchLine.Lost, Module = lost.Module.ToString(), After = lost.After.Value, Next = lost.Next.Value },
        _ => throw new System.Diagnostics.UnreachableException($"unknown event {happened.GetType().Name}"),
    };

    /// <summary>A commit as a line.</summary>
    /// <param name="kind">Of the line.</param>
    /// <param name="committed">The commit.</param>
    /// <param name="withOld">Whether what was there before is wanted.</param>
    public static WatchLine ToLine(string kind, TopicEvent.Committed committed, bool withOld) => new()
    {
        Kind = kind,
        Module = committed.Module.ToString(),
        Revision = committed.Revision.Value,
        Time = committed.Time,
        Principal = committed.Origin.Principal,
        Gateway = ReplyMapper.GatewayOf(committed.Origin),
        Process = ReplyMapper.ProcessOf(committed.Origin),
        Message = committed.Origin.Message,
        Transaction = committed.TransactionId,
        ChangeCount = committed.ChangeCount,
        IsComplete = committed.IsComplete,
        Changes = [.. committed.Changes.Select(told => ToWire(told, withOld))],
    };
}
