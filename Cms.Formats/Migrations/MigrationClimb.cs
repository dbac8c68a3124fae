using Cms.Formats.Refusals;
using Cms.Formats.Schemas;

namespace Cms.Formats.Migrations;

/// <summary>Finds the way up for modules that require each other. Pure; used once.</summary>
/// <remarks>
/// A requirement only ever says how far another module must have come at least, so to go further never breaks one: each step takes
/// those that it requires before it, and what is found is a way whenever there is one.
/// </remarks>
internal sealed class MigrationClimb
{
    private readonly Dictionary<string, SchemaVersion> _reached;
    private readonly Dictionary<string, List<Migration>> _byModule;
    private readonly List<Migration> _steps = [];
    private readonly List<Migration> _begun = [];
    private (string Module, SchemaVersion Version)? _cap;

    public MigrationClimb(IReadOnlyDictionary<string, SchemaVersion> installed, IReadOnlyList<Migration> found)
    {
        _reached = new(installed, StringComparer.Ordinal);
        _byModule = found.GroupBy(migration => migration.Module).ToDictionary(group => group.Key, group => group.OrderBy(migration => migration.To).ToList(), StringComparer.Ordinal);
        foreach (var migrations in _byModule.Values)
        {
            CheckAlone(migrations);
        }
    }

    /// <summary>The migrations so far, in order.</summary>
    public IReadOnlyList<Migration> Steps => _steps;

    /// <summary>The newest version that a module has or may be led to.</summary>
    /// <exception cref="RefusedException">There is neither.</exception>
    public SchemaVersion NewestOf(string module)
    {
        var last = _byModule.GetValueOrDefault(module)?[^1].To;
        return (last, _reached.TryGetValue(module, out var reached)) switch
        {
            ({ } newest, true) => newest > reached ? newest : reached,
            ({ } newest, false) => newest,
            (null, true) => reached,
            _ => throw new RefusedException(ErrorCode.NotFound, $"there is no migration of module '{module}'; cms migrate new {module} VERSION makes one"),
        };
    }

    /// <summary>Adds what leads a module to a version, if it is not there.</summary>
    /// <param name="module">The module.</param>
    /// <param name="version">The version.</param>
    /// <param name="cap">The version that the module must not leave behind; null for none.</param>
    /// <exception cref="RefusedException">There is no way.</exception>
    public void Climb(string module, SchemaVersion version, SchemaVersion? cap)
    {
        _cap = cap is { } most ? (module, most) : _cap;
        if (cap is { } target && _reached.TryGetValue(module, out var reached) && reached > target)
        {
            throw new RefusedException(
                ErrorCode.InvalidArgument, $"{module} is at version {reached}, which is behind {target} already; cms migrate rollback {module} --to {target} goes back");
        }

        Reach(module, version);
    }

    private void Reach(string module, SchemaVersion version)
    {
        while (!_reached.TryGetValue(module, out var reached) || reached < version)
        {
            var next = NextOf(module, version);
            if (_begun.Contains(next))
            {
                throw new RefusedException(ErrorCode.InvalidArgument, $"migrations require each other in a circle: {Chain(next)}; take one of the requirements away, or split its migration");
            }

            if (next.To > version && _cap is { } cap && cap.Module == module && next.To > cap.Version)
            {
                throw new RefusedException(ErrorCode.InvalidArgument, $"{next.Describe()} leads behind version {cap.Version}, which was asked for{Because()}");
            }

            Take(next);
        }
    }

    private void Take(Migration next)
    {
        _begun.Add(next);
        foreach (var required in next.Requires)
        {
            Reach(required.Module, required.Least);
        }

        _begun.RemoveAt(_begun.Count - 1);
        _steps.Add(next);
        _reached[next.Module] = next.To;
    }

    private Migration NextOf(string module, SchemaVersion version)
    {
        SchemaVersion? reached = _reached.TryGetValue(module, out var there) ? there : null;
        var migrations = _byModule.GetValueOrDefault(module) ?? [];
        if (migrations.Find(migration => migration.From == reached) is { } next)
        {
            return next;
        }

        var at = reached is { } known ? $"{module} is at version {known}" : $"{module} has no schema";
        var left = migrations.Where(migration => reached is null || migration.To > reached).ToList();
        var others = left.Count == 0 ? "there is none that leads further"
            : $"those that there are lead {string.Join(", ", left.Select(migration => $"from {migration.From?.ToString() ?? "(none)"} to {migration.To}"))}";
        throw new RefusedException(ErrorCode.NotFound, $"{at}, and no migration leads from there to {version}: {others}{Because()}");
    }

    // Who wants it, from the last to the first.
    private string Because() => _begun.Count == 0 ? "" : $"; it is required by {string.Join(", which is required by ", Enumerable.Reverse(_begun).Select(migration => migration.Describe()))}";

    private string Chain(Migration first)
    {
        var circle = _begun.SkipWhile(migration => migration != first).Append(first).ToList();
        return string.Join(", which requires ", circle.Select(migration => migration.Describe()));
    }

    private static void CheckAlone(List<Migration> migrations)
    {
        foreach (var (one, other) in migrations.SelectMany((one, index) => migrations.Skip(index + 1).Select(other => (one, other))))
        {
            if (one.From == other.From || one.To == other.To)
            {
                throw new RefusedException(
                    ErrorCode.InvalidArgument, $"two migrations are for one step: {one.Describe()} and {other.Describe()}; remove one of them");
            }
        }
    }
}
