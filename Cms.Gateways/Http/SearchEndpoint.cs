using Cms.Actors;
using Cms.Actors.Modules;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Searching;
using Cms.Gateways.Http.Catalogue;
using Cms.Gateways.Http.Resources;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>The request that searches options and cells of tables.</summary>
internal sealed class SearchEndpoint(Node node, ModuleEndpoints modules, ModuleReads reads)
{
    private static readonly TextParameter Pattern = new("q", "What is looked for; at most 4096 bytes.");
    private static readonly TextParameter Kind = new("kind", "How q is meant: a text that is held, a glob for the whole, or a regular expression; without it text.", "text", "glob", "regex");
    private static readonly TextsParameter In = new("in", "Where it is looked for: path, name or value; without it in all of them.");
    private static readonly FlagParameter IgnoreCase = new("ignoreCase", "Whether upper and lower case are the same.");
    private static readonly TextParameter Module = new("module", "Only this module.");
    private static readonly TextParameter Type = new("type", "Only options of sections of this type.");
    private static readonly FlagParameter Tables = new("tables", "Whether cells of tables are searched too.");
    private static readonly NumberParameter Count = Standard.Count(10_000, 100);

    /// <summary>Describes the request.</summary>
    public void AddTo(OperationCatalogue api) =>
        api.Get("/search", "Finds options, and cells of tables, by path, name or value.", SearchAsync)
            .Query(Pattern, Kind, In, IgnoreCase, Module, Type, Tables, Standard.Skip, Count, Standard.Fields)
            .Answers(WireJson.Default.SearchReply).AnswersLines(WireJson.Default.SearchHit).Refuses(ErrorCode.NotFound, ErrorCode.TooLarge).Compresses();

    private Task SearchAsync(HttpContext context)
    {
        var query = QueryOf(context);
        var (withTables, skip, count) = (Tables.IsSet(context), Standard.Skip.ReadInt(context), Count.ReadInt(context));
        var left = (long)skip + count + 1;
        var hits = new List<SearchHit>();
        foreach (var actor in Module.Find(context) is { } name ? [modules.Find(context, name)] : Readable(context))
        {
            if (left <= 0)
            {
                break;
            }

            var most = (int)Math.Min(left, int.MaxValue);
            var found = reads.Look(context, actor, view => Search(view, actor.Module.Name, query, withTables).Take(most).ToList());
            left -= found.Count;
            hits.AddRange(found);
        }

        var shown = hits.Skip(skip).Take(count).ToList();
        var isMore = hits.Count > (long)skip + count;
        return Pages.WriteAsync(context, new(isMore, Of: null), shown, WireJson.Default.SearchHit, new() { Hits = shown, More = isMore }, WireJson.Default.SearchReply);
    }

    // One module that cannot be read now does not keep the others from being searched.
    private IEnumerable<ModuleActor> Readable(HttpContext context)
    {
        var scope = context.Scope();
        return node.Modules.All.Where(actor => scope.In(actor.Module.Name).IsKnown && File.Exists(Path.Combine(node.Options.SegmentDirectory, actor.Module.Name + ".seg")));
    }

    private static IEnumerable<SearchHit> Search(IModuleView view, string module, OptionQuery query, bool withTables)
    {
        var options = OptionSearch.Run(view, module, query).Select(hit => new SearchHit
        {
            Path = $"{module}.{hit.SectionName}.{hit.Option.Name}",
            Module = module,
            Section = hit.SectionName,
            Type = hit.Section.Type,
            Option = hit.Option.Name,
            Value = hit.Option.Value,
        });
        return !withTables ? options : options.Concat(TableSearch.Run(view, module, query).Select(cell => new SearchHit
        {
            Path = $"{module}.{cell.Path}",
            Module = module,
            Table = cell.Table,
            Key = cell.Key,
            Column = cell.Column,
            Value = cell.Value,
        }));
    }

    private OptionQuery QueryOf(HttpContext context)
    {
        var text = Pattern.Find(context) ?? throw new RefusedException(ErrorCode.InvalidArgument, "the query lacks 'q', what is looked for");
        var ignoresCase = IgnoreCase.IsSet(context);
        var pattern = Kind.Find(context) switch
        {
            "glob" => SearchPattern.FromGlob(text, ignoresCase),
            "regex" => SearchPattern.FromRegex(text, ignoresCase, node.Clock),
            _ => SearchPattern.FromText(text, ignoresCase),
        };
        var fields = In.Read(context).Aggregate(SearchFields.None, (all, name) => all | FieldOf(name));
        return new OptionQuery(pattern, fields == SearchFields.None ? SearchFields.Path | SearchFields.Name | SearchFields.Value : fields) { SectionType = Type.Find(context) };
    }

    private static SearchFields FieldOf(string name) => name switch
    {
        "path" => SearchFields.Path,
        "name" => SearchFields.Name,
        "value" => SearchFields.Value,
        _ => throw new RefusedException(ErrorCode.InvalidArgument, $"in '{name}' is not legal: use path, name or value"),
    };
}
