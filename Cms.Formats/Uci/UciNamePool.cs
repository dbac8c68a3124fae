using System.Text;

namespace Cms.Formats.Uci;

/// <summary>One string for each distinct name of a package, found by its bytes without making a string first.</summary>
/// <remarks>
/// Invariant: the table has a power of two of slots, at most half of them taken; a name never leaves. A name also remembers the
/// section and option that used it last, which makes loading linear without a table for each section. Used by one thread.
/// </remarks>
internal sealed class UciNamePool
{
    private Entry?[] _slots = new Entry?[256];
    private int _count;

    /// <summary>The entry of this ASCII name, made when it is new.</summary>
    public Entry Find(ReadOnlySpan<byte> name)
    {
        var hash = HashOf(name);
        var mask = _slots.Length - 1;
        var slot = (int)hash & mask;
        while (_slots[slot] is { } entry)
        {
            if (entry.Hash == hash && Ascii.Equals(name, entry.Text))
            {
                return entry;
            }

            slot = (slot + 1) & mask;
        }

        var made = new Entry(Encoding.Latin1.GetString(name), hash);
        _slots[slot] = made;
        _count++;
        if (_count > _slots.Length / 2)
        {
            Grow();
        }

        return made;
    }

    private static uint HashOf(ReadOnlySpan<byte> name)
    {
        unchecked
        {
            var hash = 2166136261u;
            foreach (var value in name)
            {
                hash = (hash ^ value) * 16777619u;
            }

            return (hash ^ (hash >> 15)) & int.MaxValue;
        }
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new Entry?[checked(old.Length * 2)];
        foreach (var entry in old)
        {
            if (entry is null)
            {
                continue;
            }

            var slot = (int)entry.Hash & (_slots.Length - 1);
            while (_slots[slot] is not null)
            {
                slot = (slot + 1) & (_slots.Length - 1);
            }

            _slots[slot] = entry;
        }
    }

    /// <summary>A name of the package.</summary>
    internal sealed class Entry(string text, uint hash)
    {
        /// <summary>The name.</summary>
        public string Text { get; } = text;

        /// <summary>The hash of its bytes.</summary>
        public uint Hash { get; } = hash;

        /// <summary>The section whose option of this name was read last.</summary>
        public UciSection? LastSection { get; set; }

        /// <summary>That option.</summary>
        public UciOption? LastOption { get; set; }
    }
}
