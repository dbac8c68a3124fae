namespace Cms.Storage.Audit;

/// <summary>Counts refusals that repeat, so that a storm of them is a few rows and not a full disk.</summary>
/// <remarks>
/// The first one is recorded at once; the same kind, outcome, principal and address after it are counted until they are taken.
/// When <see cref="MaxTold"/> are told apart, all further ones of a kind are counted together. Any thread may call.
/// </remarks>
internal sealed class AuditRepeats
{
    /// <summary>How many are told apart at one time.</summary>
    public const int MaxTold = 128;

    /// <summary>Who those are that are not told apart.</summary>
    public const string Others = "(others)";

    private readonly Dictionary<(string Kind, string Outcome, string Principal, string? Address), Repeated> _seen = [];
    private readonly Lock _lock = new();

    /// <summary>What is to be recorded now, or null when it was only counted.</summary>
    public AuditEntry? Take(AuditEntry entry)
    {
        lock (_lock)
        {
            var key = (entry.Kind, entry.Outcome, entry.Principal, entry.Address);
            if (!_seen.ContainsKey(key) && _seen.Count >= MaxTold)
            {
                entry = new AuditEntry(entry.Kind, "refused", Others, Others) { Detail = $"more than {MaxTold} in a minute are not told apart" };
                key = (entry.Kind, entry.Outcome, entry.Principal, entry.Address);
            }

            if (_seen.TryGetValue(key, out var repeated))
            {
                repeated.Count++;
                return null;
            }

            _seen.Add(key, new Repeated(entry));
            return entry;
        }
    }

    /// <summary>Ends the counting: an entry for each that was repeated, with how often.</summary>
    public IReadOnlyList<AuditEntry> TakeCounted()
    {
        lock (_lock)
        {
            var counted = _seen.Values.Where(repeated => repeated.Count > 0)
                .Select(repeated => repeated.First with { Count = repeated.Count, Detail = $"repeated; first {repeated.First.Detail}" }).ToList();
            _seen.Clear();
            return counted;
        }
    }

    private sealed class Repeated(AuditEntry first)
    {
        public AuditEntry First { get; } = first;

        public int Count { get; set; }
    }
}
