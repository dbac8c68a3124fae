using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;

namespace Cms.Cli.Migrations;

/// <summary>The modules of a node as migrations see them: their schemas, and their sections under what is planned. Needs no daemon.</summary>
internal sealed class InstalledModules : IReferenceTargets
{
    private readonly CommandContext _context;
    private readonly HashSet<string> _modules;
    private readonly Dictionary<string, IModuleView> _planned = [];

    /// <exception cref="RefusedException">No node has run here.</exception>
    public InstalledModules(CommandContext context)
    {
        if (!Directory.Exists(context.Paths.SegmentDirectory))
        {
            throw new RefusedException(ErrorCode.Unavailable, $"no node has run with {context.Paths.RunDirectory}; start cmsd, or set CMS_RUN_DIRECTORY");
        }

        (_context, _modules) = (context, [.. context.Modules()]);
    }

    /// <summary>The version of each module that has a schema.</summary>
    public IReadOnlyDictionary<string, SchemaVersion> Versions() =>
        _modules.Select(module => (module, Newest: NewestOf(module))).Where(each => each.Newest is not null).ToDictionary(each => each.module, each => each.Newest!.Version);

    /// <summary>Every version of each module that has a schema, oldest first.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<SchemaHead>> Editions() =>
        _modules.Select(module => (module, Editions: EditionsOf(module))).Where(each => each.Editions.Count > 0).ToDictionary(each => each.module, each => each.Editions);

    /// <summary>The schema of a module, or null.</summary>
    public SchemaEdition? NewestOf(string module) => _modules.Contains(module) ? Read(module, SchemaTable.ReadNewest) : null;

    /// <summary>Every version of a module, oldest first.</summary>
    public IReadOnlyList<SchemaHead> EditionsOf(string module) => _modules.Contains(module) ? Read(module, SchemaTable.ReadHeads) : [];

    /// <summary>A module under what is planned; empty when it is not there.</summary>
    public IModuleView ViewOf(string module) =>
        _planned.GetValueOrDefault(module) ?? (_modules.Contains(module) ? _context.Session(module).Committed : EmptyModuleView.Instance);

    /// <summary>Keeps what a module would be.</summary>
    public void Plan(string module, IModuleView after)
    {
        _planned[module] = after;
        _modules.Add(module);
    }

    /// <inheritdoc/>
    public bool? Has(string module, string sectionType, string name) =>
        _modules.Contains(module) && ViewOf(module).FindSection(name) is { } found && FieldReference.IsOfType(found.Type, sectionType);

    private T Read<T>(string module, Func<IModuleView, T> read)
    {
        var session = _context.Session(module);
        return session.Read(() => read(session.Committed));
    }
}
