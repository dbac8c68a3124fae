using System.Globalization;
using System.Text.Json;
using Cms.Client.Wire;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Searching;

namespace Cms.Cli.Commands;

/// <summary>Searches the modules one after the other, from their segments; no daemon is needed.</summary>
internal sealed class SearchCommand(CommandContext context, SearchRequest request)
{
    private static readonly ConfigValueConverter Values = new();

    private readonly List<(string Path, Action<Utf8JsonWriter> Write)> _json = [];
    private int _found;

    /// <summary>Prints what is found.</summary>
    /// <returns>As that of a refusal for what is not found when nothing is.</returns>
    public int Run()
    {
        foreach (var module in request.Module is null ? context.Modules() : [request.Module])
        {
            if (_found < request.Limit && !TrySearch(module) && request.Module is not null)
            {
                throw new RefusedException(ErrorCode.Denied, $"you may not read {module}; use sudo");
            }
        }

        Finish();
        return _found > 0 ? ExitCodes.Success : ErrorCodes.Of(ErrorCode.NotFound).ExitCode;
    }

    // One module that its reader may not see does not keep the others from being searched.
    private bool TrySearch(string module)
    {
        try
        {
            var session = context.Session(module);
            var (found, listed) = (_found, _json.Count);
            session.Read(() =>
            {
                // A snapshot that was overtaken is searched anew.
                context.Output.Discard();
                _json.RemoveRange(listed, _json.Count - listed);
                _found = found;
                Search(module, request.IsCommitted ? session.Committed : session.Staged);
                return true;
            });
            context.Output.Flush();
            return true;
        }
        catch (RefusedException refused) when (refused.Refusal.Code == ErrorCode.Denied)
        {
            context.Output.WriteWarning(refused.Refusal.Message);
            return false;
        }
    }

    private void Search(string module, IModuleView view)
    {
        foreach (var hit in OptionSearch.Run(view, module, request.Query))
        {
            if (!TryTake())
            {
                return;
            }

            Print(module, hit);
        }

        if (request.WithTables)
        {
            SearchTables(module, view);
        }
    }

    private void SearchTables(string module, IModuleView view)
    {
        foreach (var cell in TableSearch.Run(view, module, request.Query))
        {
            if (!TryTake())
            {
                return;
            }

            Print(module, cell);
        }
    }

    private bool TryTake()
    {
        if (_found == request.Limit)
        {
            return false;
        }

        _found++;
        return true;
    }

    private void Print(string module, OptionHit hit)
    {
        var path = $"{module}.{hit.SectionName}.{hit.Option.Name}";
        Print(path, hit.Option.Value, json =>
        {
            json.WriteString("module", module);
            json.WriteString("section", hit.SectionName);
            json.WriteString("type", hit.Section.Type);
            json.WriteString("option", hit.Option.Name);
        });
    }

    private void Print(string module, CellHit cell) => Print($"{module}.{cell.Path}", cell.Value, json =>
    {
        json.WriteString("module", module);
        json.WriteString("table", cell.Table);
        json.WriteString("key", cell.Key);
        json.WriteString("column", cell.Column);
    });

    private void Print(string path, ConfigValue value, Action<Utf8JsonWriter> describe)
    {
        if (request.OnlyCount)
        {
            return;
        }

        if (context.Output.IsJson)
        {
            void Write(Utf8JsonWriter json)
            {
                describe(json);
                json.WritePropertyName("value");
                Values.Write(json, value, WireJson.Default.Options);
            }

            _json.Add((path, Write));
            return;
        }

        context.Output.Write($"{path}=");
        context.Output.WriteQuoted(value);
        context.Output.WriteLine();
    }

    private void Finish()
    {
        if (request.OnlyCount)
        {
            context.Output.WriteLine(_found.ToString(CultureInfo.InvariantCulture));
        }
        else if (context.Output.IsJson)
        {
            context.Output.WriteJson(WriteHits);
        }
        else if (_found == 0)
        {
            throw new RefusedException(ErrorCode.NotFound, $"nothing is found by '{request.Pattern}'{Hint()}");
        }
    }

    private void WriteHits(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var (path, write) in _json)
        {
            json.WriteStartObject();
            json.WriteString("path", path);
            write(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private string Hint() =>
        !request.Query.Pattern.IgnoresCase && request.Pattern.Any(char.IsAsciiLetterUpper) ? "; --ignore-case finds it in upper and lower case"
        : !request.WithTables ? "; --tables looks into tables as well"
        : "";
}
