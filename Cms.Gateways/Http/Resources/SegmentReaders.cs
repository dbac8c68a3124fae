// Invariants:
// - A reader is with one request at a time: in a bag, or with the request that has taken it.
// - A reader that failed is never kept.
using System.Collections.Concurrent;
using Cms.Formats.Modules;
using Cms.Formats.Segments;

namespace Cms.Gateways.Http.Resources;

/// <summary>Open readers of segments, which requests take in turn, since to open one costs more than to read with it.</summary>
/// <remarks>Any thread may call. A reader that is kept follows its module to another file when it is used next.</remarks>
/// <param name="directory">Where the segments are.</param>
internal sealed class SegmentReaders(string directory) : IDisposable
{
    // Each is a mapping of its own; a module is read by about as many threads as there are processors.
    private const int MostOfModule = 32;
    private const int MostOfAll = 1024;

    private readonly ConcurrentDictionary<string, ConcurrentBag<SegmentReader>> _bags = new(StringComparer.Ordinal);
    private int _kept;
    private long _hits;
    private long _misses;
    private long _evictions;

    /// <summary>How many readers wait for a request.</summary>
    public int Kept => Volatile.Read(ref _kept);

    /// <summary>How often a request found an open reader.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>How often one had to be opened.</summary>
    public long Misses => Interlocked.Read(ref _misses);

    /// <summary>How often one was closed since as many as allowed were kept.</summary>
    public long Evictions => Interlocked.Read(ref _evictions);

    /// <summary>Takes a reader of a module, to be given back.</summary>
    /// <param name="module">The module's name.</param>
    /// <exception cref="SegmentException">There is no readable segment.</exception>
    public Lease Take(string module)
    {
        var bag = _bags.GetOrAdd(module, _ => []);
        if (bag.TryTake(out var kept))
        {
            Interlocked.Decrement(ref _kept);
            Interlocked.Increment(ref _hits);
            return new Lease(this, bag, kept);
        }

        Interlocked.Increment(ref _misses);
        return new Lease(this, bag, SegmentReader.Open(Path.Combine(directory, module + ".seg")));
    }

    /// <summary>Closes the readers that are kept.</summary>
    public void Dispose()
    {
        foreach (var bag in _bags.Values)
        {
            while (bag.TryTake(out var reader))
            {
                reader.Dispose();
            }
        }
    }

    private void GiveBack(ConcurrentBag<SegmentReader> bag, SegmentReader reader)
    {
        if (Volatile.Read(ref _kept) >= MostOfAll || bag.Count >= MostOfModule)
        {
            Interlocked.Increment(ref _evictions);
            reader.Dispose();
            return;
        }

        Interlocked.Increment(ref _kept);
        bag.Add(reader);
    }

    /// <summary>A reader that one request has.</summary>
    internal sealed class Lease(SegmentReaders readers, ConcurrentBag<SegmentReader> bag, SegmentReader reader) : IDisposable
    {
        private bool _isBroken;

        /// <summary>The module as it is now; good until this is disposed of.</summary>
        /// <exception cref="SegmentException">The segment is damaged or gone.</exception>
        public IModuleView Snapshot()
        {
            try
            {
                return reader.Snapshot();
            }
            catch (SegmentException)
            {
                _isBroken = true;
                throw;
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            if (_isBroken)
            {
                reader.Dispose();
                return;
            }

            readers.GiveBack(bag, reader);
        }
    }
}
