using System.Text;
using Cms.Formats.Segments.Layout;

namespace Cms.Formats.Segments.Writing;

/// <summary>Applies changes to sections: their entries, names and order.</summary>
/// <remarks>Writer thread only. A change that does not fit the state throws; then the writer must be opened anew.</remarks>
internal sealed class SectionChanges(SegmentMemory memory, EntryWriter entries, ListWriter lists, ListOwner owners)
{
    private uint? _module;

    /// <summary>The section that was last looked up.</summary>
    public SectionCursor Cursor { get; } = new();

    /// <summary>Forgets what was looked up; slots may change hands between commits.</summary>
    public void Reset()
    {
        _module = null;
        Cursor.Reset();
    }

    /// <summary>Makes <see cref="Cursor"/> point at a section, which must be there.</summary>
    public void Select(long id)
    {
        if (Cursor.Id == id)
        {
            return;
        }

        Span<byte> key = stackalloc byte[SegmentKey.IdSize];
        SegmentKey.WriteId(key, id);
        var slot = (SegmentKey.IsId(id) ? entries.FindLive(key) : null) ?? throw Inconsistent($"Section {id} is not there.");
        var name = entries.Load(slot).NameBytes;
        Cursor.Set(id, slot, name.IsEmpty ? key : name);
    }

    /// <summary>A section at the end of the module.</summary>
    public void Add(long id, string type, string? name, long changed)
    {
        Span<byte> key = stackalloc byte[SegmentKey.IdSize];
        SegmentKey.WriteId(key, id);
        CheckType(type);
        if (!SegmentKey.IsId(id) || entries.FindLive(key) is not null)
        {
            throw Inconsistent($"Section {id} is there already, or its number is out of bounds.");
        }

        Span<byte> typeBytes = stackalloc byte[SegmentKey.MaximumPrefixSize];
        Span<byte> nameBytes = stackalloc byte[SegmentKey.MaximumPrefixSize];
        typeBytes = typeBytes[..Encoding.Latin1.GetBytes(type, typeBytes)];
        nameBytes = name is null ? default : nameBytes[..NameInto(nameBytes, name)];
        var state = new SectionState { Id = id, Type = typeBytes, Name = nameBytes, Changed = changed, List = 0, ListCount = 0 };
        var slot = Put(state, key);
        if (name is not null)
        {
            PutName(nameBytes, id);
        }

        owners.Append(ModuleSlot(), slot);
        SetNextSection(id + 1);
        Cursor.Set(id, slot, name is null ? key : nameBytes);
    }

    /// <summary>Raises the id of the next section.</summary>
    public void SetNextSection(long next)
    {
        var place = entries.MakeHidden(ModuleSlot()) + BlockLayout.ModuleNextOffset;
        if ((long)memory.Region.Read(place) < next)
        {
            memory.Region.Write(place, (ulong)next);
        }
    }

    /// <summary>A section goes, and all its options.</summary>
    public void Remove(long id)
    {
        Select(id);
        var slot = Cursor.Slot;
        foreach (var member in owners.Members(slot))
        {
            entries.Delete(member, BlockKind.Option, KeyOf(member));
        }

        var entry = entries.Load(slot);
        lists.Discard(entry.ListReference);
        if (entry.NameBytes.Length > 0)
        {
            RemoveName(entry.NameBytes.ToArray());
        }

        owners.Remove(ModuleSlot(), slot);
        Span<byte> key = stackalloc byte[SegmentKey.IdSize];
        SegmentKey.WriteId(key, id);
        entries.Delete(slot, BlockKind.Section, key);
        Cursor.Reset();
    }

    /// <summary>A section gets another type.</summary>
    public void Retype(long id, string type)
    {
        CheckType(type);
        Select(id);
        var entry = entries.Load(Cursor.Slot);
        Rewrite(entry, Encoding.Latin1.GetBytes(type), entry.NameBytes.ToArray());
    }

    /// <summary>A section moves.</summary>
    public void Move(long id, int position)
    {
        Select(id);
        owners.Move(ModuleSlot(), Cursor.Slot, position);
        memory.Region.Write(entries.MakeHidden(Cursor.Slot) + BlockLayout.SectionChangedOffset, (ulong)entries.Revision);
    }

    /// <summary>A section gets a name; the keys of its options follow.</summary>
    public void Rename(long id, string name)
    {
        var newName = new byte[SegmentKey.MaximumPrefixSize];
        newName = newName[..NameInto(newName, name)];
        Select(id);
        var slot = Cursor.Slot;
        var entry = entries.Load(slot);
        var oldName = entry.NameBytes.ToArray();
        Rewrite(entry, entry.TypeBytes.ToArray(), newName);
        if (!oldName.AsSpan().SequenceEqual(newName))
        {
            if (oldName.Length > 0)
            {
                RemoveName(oldName);
            }

            PutName(newName, id);
            RenameKeys(slot, oldName.Length > 0 ? oldName.Length : SegmentKey.IdSize, newName);
        }

        Cursor.Reset();
    }

    private void RenameKeys(uint section, int oldPrefixSize, byte[] newName)
    {
        Span<byte> key = stackalloc byte[BlockLayout.MaximumKeySize];
        newName.CopyTo(key);
        foreach (var member in owners.Members(section))
        {
            var entry = entries.Load(member);
            var oldKey = entry.Key.ToArray();
            var rest = oldKey.AsSpan(oldPrefixSize);
            rest.CopyTo(key[newName.Length..]);
            var newKey = key[..(newName.Length + rest.Length)];
            var option = new OptionState
            {
                ElementType = entry.ElementType,
                IsList = entry.IsList,
                Changed = entry.Changed == entries.Revision ? null : entry.Changed,
                Value = entry.Value,
            };
            var moved = PutOption(newKey, option);
            owners.Replace(section, member, moved);
            entries.Delete(member, BlockKind.Option, oldKey);
        }
    }

    /// <summary>Writes an option entry under a key that is free or deleted, or replaces it.</summary>
    internal uint PutOption(ReadOnlySpan<byte> key, in OptionState option, long? stampRevision = null)
    {
        var hash = memory.HashOf(key);
        var slot = entries.FindAny(key, hash);
        entries.Builder.Option(key, entries.OlderFor(slot), option);
        return entries.Put(slot, hash, stampRevision);
    }

    /// <summary>What to throw when a change does not fit.</summary>
    internal SegmentException Inconsistent(string message) => new(SegmentError.Inconsistent, memory.Path, message);

    /// <summary>The key of the newest version in a slot; a copy.</summary>
    internal byte[] KeyOf(uint slot) => entries.Load(slot).Key.ToArray();

    private uint Put(in SectionState state, ReadOnlySpan<byte> key)
    {
        var hash = memory.HashOf(key);
        var slot = entries.FindAny(key, hash);
        entries.Builder.Section(state, entries.OlderFor(slot));
        return entries.Put(slot, hash);
    }

    private void Rewrite(EntryCopy entry, byte[] type, byte[] name)
    {
        var state = new SectionState
        {
            Id = entry.SectionId,
            Type = type,
            Name = name,
            Changed = entries.Revision,
            List = entry.ListReference,
            ListCount = entry.ListCount,
        };
        _ = Put(state, entry.Key.ToArray());
    }

    private void PutName(ReadOnlySpan<byte> name, long id)
    {
        var hash = memory.HashOf(name);
        var slot = entries.FindAny(name, hash);
        if (slot is { } known && !entries.IsTombstone(known))
        {
            throw Inconsistent("Two sections have one name.");
        }

        entries.Builder.Name(name, entries.OlderFor(slot), id);
        _ = entries.Put(slot, hash);
    }

    private void RemoveName(byte[] name) =>
        entries.Delete(entries.FindLive(name) ?? throw Inconsistent("A section's name is not there."), BlockKind.Name, name);

    private uint ModuleSlot()
    {
        if (_module is { } known)
        {
            return known;
        }

        var hash = memory.HashOf(SegmentKey.Module);
        _module = entries.FindAny(SegmentKey.Module, hash);
        if (_module is null)
        {
            entries.Builder.Module(0, 1, 0, 0);
            _module = entries.Put(null, hash);
        }

        return _module.Value;
    }

    private int NameInto(Span<byte> destination, string name) =>
        SegmentKey.IsName(name) ? Encoding.ASCII.GetBytes(name, destination) : throw Inconsistent("A section's name is none.");

    private void CheckType(string type)
    {
        if (type.Length is 0 or > SegmentKey.MaximumPrefixSize || type.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw Inconsistent("A section's type is none.");
        }
    }
}
