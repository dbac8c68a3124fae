// Invariants: never changed once made. A layer is the rules that are about one principal now, in the order of the file; the first
// that covers a path decides, and none denies. All layers have to allow; without any everything is allowed.
using System.Collections.Concurrent;
using Cms.Formats.Modules;

namespace Cms.Formats.Access;

/// <summary>What somebody may do now.</summary>
/// <remarks>Any thread may call. It holds until <see cref="GoodUntil"/> and while the rules are the same.</remarks>
public sealed class AccessScope
{
    /// <summary>The module that the rules are in: whatever is done there needs <see cref="AccessAction.Admin"/>.</summary>
    public const string RulesModule = "access";

    private const int MostKept = 1024;
    private readonly AccessRule[][] _layers;
    private readonly ConcurrentDictionary<string, ModuleAccess> _modules = new(StringComparer.Ordinal);

    private AccessScope(AccessRule[][] layers, DateTimeOffset goodUntil) => (_layers, GoodUntil) = (layers, goodUntil);

    /// <summary>Everything, as for administrators.</summary>
    public static AccessScope Everything { get; } = new([], DateTimeOffset.MaxValue);

    /// <summary>Nothing at all.</summary>
    public static AccessScope Nothing { get; } = new([[]], DateTimeOffset.MaxValue);

    /// <summary>When the times of rules have to be compared anew.</summary>
    public DateTimeOffset GoodUntil { get; }

    /// <summary>Whether everything is allowed, so that nobody has to ask.</summary>
    public bool IsEverything => _layers.Length == 0;

    /// <summary>Whether requests about the node are allowed: everything on everything, without an exception.</summary>
    public bool IsNodeAdministrator => IsEverything || Extent(AccessAction.Admin, AccessPath.Node) == AccessExtent.All;

    internal static AccessScope Of(AccessRule[] rules, DateTimeOffset goodUntil) => new([rules], goodUntil);

    /// <summary>What both this scope and another one allow.</summary>
    public AccessScope Within(AccessScope other) => other.IsEverything ? this : IsEverything ? other
        : new([.. _layers, .. other._layers], GoodUntil < other.GoodUntil ? GoodUntil : other.GoodUntil);

    /// <summary>Whether an action on a path itself is allowed; what lies under it may be another matter.</summary>
    public bool Allows(AccessAction action, in AccessPath path) =>
        IsEverything || (Decides(Needed(action, path), path) && (action != AccessAction.Watch || Decides(Needed(AccessAction.Read, path), path)));

    /// <summary>How much of a path and what lies under it is allowed.</summary>
    public AccessExtent Extent(AccessAction action, in AccessPath path)
    {
        if (IsEverything)
        {
            return AccessExtent.All;
        }

        var extent = Measure(Needed(action, path), path);
        return action == AccessAction.Watch ? Lesser(extent, Measure(Needed(AccessAction.Read, path), path)) : extent;
    }

    /// <summary>The scope in one module.</summary>
    public ModuleAccess In(string module)
    {
        if (_modules.TryGetValue(module, out var known))
        {
            return known;
        }

        var access = new ModuleAccess(Within(module), module);
        return _modules.Count < MostKept ? _modules.GetOrAdd(module, access) : access;
    }

    /// <summary>Shows of a module what may be read; the same object when that is all of it.</summary>
    /// <param name="module">Which module it is.</param>
    /// <param name="view">The module, now or as it was.</param>
    public IModuleView Filter(string module, IModuleView view) => IsEverything ? view : In(module).Filter(view);

    // Only rules that may concern the module are looked through for its sections and options.
    private AccessScope Within(string module) =>
        IsEverything ? this : new([.. _layers.Select(layer => layer.Where(rule => rule.Paths.Any(path => path.ConcernsModule(module))).ToArray())], GoodUntil);

    internal static AccessAction Needed(AccessAction action, in AccessPath path) =>
        path.Place is not (AccessPlace.Node or AccessPlace.Topic) && path.Root == RulesModule ? AccessAction.Admin : action;

    private static AccessExtent Lesser(AccessExtent left, AccessExtent right) => left < right ? left : right;

    private bool Decides(AccessAction action, in AccessPath path)
    {
        foreach (var layer in _layers)
        {
            if (Find(layer, action, path) is not { Allows: true })
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The rule that decides about a path, or null when none does.</summary>
    internal static AccessRule? Find(AccessRule[] layer, AccessAction action, in AccessPath path)
    {
        foreach (var rule in layer)
        {
            if (rule.Concerns(action) && RelationOf(rule, path) == PathRelation.Covers)
            {
                return rule;
            }
        }

        return null;
    }

    private AccessExtent Measure(AccessAction action, in AccessPath path)
    {
        var extent = AccessExtent.All;
        foreach (var layer in _layers)
        {
            extent = Lesser(extent, Measure(layer, action, path));
        }

        return extent;
    }

    private static AccessExtent Measure(AccessRule[] layer, AccessAction action, in AccessPath path)
    {
        var (isAllowedBelow, isDeniedBelow) = (false, false);
        foreach (var rule in layer)
        {
            if (!rule.Concerns(action))
            {
                continue;
            }

            switch (RelationOf(rule, path))
            {
                case PathRelation.Covers when rule.Allows:
                    return isDeniedBelow ? AccessExtent.Some : AccessExtent.All;
                case PathRelation.Covers:
                    return isAllowedBelow ? AccessExtent.Some : AccessExtent.None;
                case PathRelation.Below:
                    isAllowedBelow |= rule.Allows;
                    isDeniedBelow |= !rule.Allows;
                    break;
                default:
                    break;
            }
        }

        return isAllowedBelow ? AccessExtent.Some : AccessExtent.None;
    }

    internal static PathRelation RelationOf(AccessRule rule, in AccessPath path)
    {
        var relation = PathRelation.Apart;
        foreach (var pattern in rule.Paths)
        {
            var each = pattern.RelationTo(path);
            relation = each > relation ? each : relation;
        }

        return relation;
    }
}
