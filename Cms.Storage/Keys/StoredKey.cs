using Cms.Formats.Modules;

namespace Cms.Storage.Keys;

/// <summary>A data key as the journal keeps it: wrapped by the master key, useless without that.</summary>
/// <param name="Id">Names the key in what it seals; 16 hexadecimal digits.</param>
/// <param name="Module">Whose secrets it seals.</param>
/// <param name="Version">Counts the keys of the module from 1; the highest seals, all unseal.</param>
/// <param name="MasterId">The master key that wraps it.</param>
/// <param name="Wrapped">As <see cref="MasterKey.Wrap"/> makes it.</param>
public sealed record StoredKey(string Id, ModuleName Module, int Version, string MasterId, ReadOnlyMemory<byte> Wrapped);
