using Cms.Formats.Refusals;
using Cms.Formats.Schemas;

namespace Cms.Formats.Migrations;

/// <summary>Says which migrations are applied, or taken back, and in which order. Pure.</summary>
public static class MigrationPlanner
{
    /// <summary>The migrations that lead to a version, each behind what it requires.</summary>
    /// <param name="installed">The versions of the schemas that modules have now.</param>
    /// <param name="found">The migrations that there are; those that are behind the modules do not matter.</param>
    /// <param name="module">The module to move; null moves all to their newest versions. What it requires of others is moved too.</param>
    /// <param name="version">The version to reach; null for the newest that there is.</param>
    /// <returns>None when the version is reached already.</returns>
    /// <exception cref="RefusedException">There is no such way; the message names what stands in it.</exception>
    public static IReadOnlyList<Migration> PlanUp(
        IReadOnlyDictionary<string, SchemaVersion> installed, IReadOnlyList<Migration> found, string? module, SchemaVersion? version)
    {
        var climb = new MigrationClimb(installed, found);
        if (module is not null)
        {
            climb.Climb(module, version ?? climb.NewestOf(module), version);
            return climb.Steps;
        }

        foreach (var each in found.Select(migration => migration.Module).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            climb.Climb(each, climb.NewestOf(each), cap: null);
        }

        return climb.Steps;
    }

    /// <summary>The versions of a module that are taken back to reach an earlier one, the newest first.</summary>
    /// <param name="installed">Every version that each module has, oldest first.</param>
    /// <param name="module">The module.</param>
    /// <param name="version">The version to go back to; null for the one before the newest.</param>
    /// <returns>None when the module is there already.</returns>
    /// <exception cref="RefusedException">There is no such way; the message names what stands in it.</exception>
    public static IReadOnlyList<SchemaHead> PlanDown(
        IReadOnlyDictionary<string, IReadOnlyList<SchemaHead>> installed, string module, SchemaVersion? version)
    {
        var editions = installed.GetValueOrDefault(module) ?? [];
        if (editions.Count == 0)
        {
            throw new RefusedException(ErrorCode.NotFound, $"module '{module}' has no schema, so there is nothing to roll back");
        }

        var kept = version is null ? editions.Count - 1 : editions.Count(edition => edition.Version <= version);
        if (version is not null && (kept == 0 || editions[kept - 1].Version != version))
        {
            throw new RefusedException(
                ErrorCode.NotFound, $"module '{module}' was never at version {version}; it has been at {string.Join(", ", editions.Select(edition => edition.Version))}");
        }

        var gone = editions.Skip(kept).Reverse().ToList();
        if (gone.Find(edition => edition.Migration is null) is { } alone)
        {
            throw new RefusedException(
                ErrorCode.InvalidArgument,
                $"version {alone.Version} of module '{module}' was registered without a migration, so there is no way back behind it; see cms rollback {module} --to REVISION");
        }

        CheckNeeded(installed, module, kept == 0 ? null : editions[kept - 1].Version);
        return gone;
    }

    /// <summary>Why a module cannot go back, since another one requires more of it; null when that does not.</summary>
    /// <param name="other">The other module.</param>
    /// <param name="editions">Every version that the other one has.</param>
    /// <param name="module">The module that goes back.</param>
    /// <param name="left">The version that is left to it; null for none.</param>
    public static Refusal? FindNeed(string other, IEnumerable<SchemaHead> editions, string module, SchemaVersion? left)
    {
        foreach (var edition in editions.Where(edition => edition.Migration is not null))
        {
            var needed = edition.Migration!.Requires.Select(MigrationRequirement.TryParse).FirstOrDefault(each => each?.Module == module && (left is null || each.Least > left));
            if (needed is not null)
            {
                return new Refusal(ErrorCode.Conflict, $"{other} {edition.Version} requires {needed}; roll {other} back behind {edition.Version} first: cms migrate rollback {other}");
            }
        }

        return null;
    }

    private static void CheckNeeded(IReadOnlyDictionary<string, IReadOnlyList<SchemaHead>> installed, string module, SchemaVersion? left)
    {
        foreach (var (other, editions) in installed.Where(each => each.Key != module))
        {
            if (FindNeed(other, editions, module, left) is { } refusal)
            {
                throw new RefusedException(refusal);
            }
        }
    }
}
