using Cms.Formats.Modules;
using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Writing;

/// <summary>Applies changes to options: their entries and their order in the section.</summary>
/// <remarks>Writer thread only. A change that does not fit the state throws; then the writer must be opened anew.</remarks>
internal sealed class OptionChanges(SegmentMemory memory, EntryWriter entries, ListOwner owners, SectionChanges sections)
{
    private readonly byte[] _key = new byte[BlockLayout.MaximumKeySize];

    /// <summary>An option is set, in its place or behind the last one.</summary>
    /// <param name="section">The section's id.</param>
    /// <param name="name">The option's name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="stampRevision">The revision to put into the stamp when it is not the one being written.</param>
    public void Set(long section, string name, ConfigValue value, long? stampRevision = null)
    {
        var key = KeyFor(section, name);
        if (value.Encoding.Length > BlockLayout.MaximumValueSize)
        {
            throw sections.Inconsistent("A value is too long.");
        }

        var option = new OptionState
        {
            ElementType = value.ElementType,
            IsList = value.IsList,
            Changed = null,
            Value = value.Encoding.Span,
        };
        var hash = memory.HashOf(key);
        var slot = entries.FindAny(key, hash);
        var isNew = slot is not { } known || entries.IsTombstone(known);
        entries.Builder.Option(key, entries.OlderFor(slot), option);
        var place = entries.Put(slot, hash, stampRevision);
        if (isNew)
        {
            owners.Append(sections.Cursor.Slot, place);
        }
    }

    /// <summary>An option goes.</summary>
    public void Remove(long section, string name)
    {
        var key = KeyFor(section, name);
        var slot = entries.FindLive(key) ?? throw sections.Inconsistent($"Option {name} is not there.");
        owners.Remove(sections.Cursor.Slot, slot);
        entries.Delete(slot, BlockKind.Option, key);
    }

    /// <summary>An option gets another name and keeps its place.</summary>
    public void Rename(long section, string name, string newName)
    {
        var oldKey = KeyFor(section, name).ToArray();
        var slot = entries.FindLive(oldKey) ?? throw sections.Inconsistent($"Option {name} is not there.");
        var entry = entries.Load(slot);
        var option = new OptionState
        {
            ElementType = entry.ElementType,
            IsList = entry.IsList,
            Changed = null,
            Value = entry.Value.ToArray(),
        };
        var newKey = KeyFor(section, newName);
        var isSame = newKey.SequenceEqual(oldKey);
        if (!isSame && entries.FindLive(newKey) is not null)
        {
            throw sections.Inconsistent($"Option {newName} is there already.");
        }

        var place = sections.PutOption(newKey, option);
        if (!isSame)
        {
            owners.Replace(sections.Cursor.Slot, slot, place);
            entries.Delete(slot, BlockKind.Option, oldKey);
        }
    }

    private ReadOnlySpan<byte> KeyFor(long section, string name)
    {
        if (!SegmentKey.IsName(name))
        {
            throw sections.Inconsistent("An option's name is none.");
        }

        sections.Select(section);
        return _key.AsSpan(0, SegmentKey.WriteOption(_key, sections.Cursor.Prefix, name));
    }
}
