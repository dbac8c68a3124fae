using Cms.Formats.Modules;

namespace Cms.Formats.Access;

/// <summary>What somebody may do in one module now.</summary>
/// <remarks>Any thread may call.</remarks>
public sealed class ModuleAccess
{
    private static readonly AccessAction[] Reading = [AccessAction.Read];
    private static readonly AccessAction[] Knowing = [AccessAction.Read, AccessAction.Write];
    private readonly AccessScope _scope;
    private readonly AccessExtent[] _extents;

    internal ModuleAccess(AccessScope scope, string module)
    {
        (_scope, Module) = (scope, module);
        _extents = [.. Enum.GetValues<AccessAction>().Select(action => scope.Extent(action, AccessPath.OfModule(module)))];
    }

    /// <summary>The module.</summary>
    public string Module { get; }

    /// <summary>Whether all of the module may be read.</summary>
    public bool ReadsAll => Extent(AccessAction.Read) == AccessExtent.All;

    /// <summary>Whether the module may be known of, since something may be done in it: otherwise it is as if it were not there.</summary>
    public bool IsKnown => Array.Exists(_extents, extent => extent != AccessExtent.None);

    /// <summary>How much of the module an action is allowed on.</summary>
    public AccessExtent Extent(AccessAction action) => _extents[(int)action];

    /// <summary>Whether an action is allowed on a section itself.</summary>
    public bool Allows(AccessAction action, SectionView section) => _scope.Allows(action, PathOf(section));

    /// <summary>How much of a section an action is allowed on.</summary>
    public AccessExtent Extent(AccessAction action, SectionView section) => ExtentOf(action, PathOf(section));

    /// <summary>Whether an action is allowed on an option.</summary>
    public bool Allows(AccessAction action, SectionView section, string option) => AllowsAt(action, AccessPath.OfOption(Module, section.Type, section.Name, option));

    /// <summary>Whether an action is allowed on a table itself.</summary>
    public bool AllowsTable(AccessAction action, string table) => AllowsAt(action, AccessPath.OfTable(Module, table));

    /// <summary>How much of a table an action is allowed on.</summary>
    public AccessExtent TableExtent(AccessAction action, string table) => ExtentOf(action, AccessPath.OfTable(Module, table));

    /// <summary>Whether an action is allowed on a column.</summary>
    public bool AllowsColumn(AccessAction action, string table, string column) => AllowsAt(action, AccessPath.OfColumn(Module, table, column));

    /// <summary>Shows what may be read; the same object when that is everything.</summary>
    public IModuleView Filter(IModuleView view) => ReadsAll ? view : new FilteredModule(view, this, Reading);

    /// <summary>Shows what may be read or written, which who writes may know of; the same object when that is everything.</summary>
    public IModuleView FilterKnown(IModuleView view) =>
        ReadsAll || Extent(AccessAction.Write) == AccessExtent.All ? view : new FilteredModule(view, this, Knowing);

    private AccessPath PathOf(SectionView section) => AccessPath.OfSection(Module, section.Type, section.Name);

    // One answer holds for all of the module mostly, which spares looking for the rule.
    private bool AllowsAt(AccessAction action, in AccessPath path) => _extents[(int)action] switch
    {
        AccessExtent.All => true,
        AccessExtent.None => false,
        _ => _scope.Allows(action, path),
    };

    private AccessExtent ExtentOf(AccessAction action, in AccessPath path) =>
        _extents[(int)action] is var extent && extent == AccessExtent.Some ? _scope.Extent(action, path) : extent;
}
