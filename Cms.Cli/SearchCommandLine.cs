using System.CommandLine;
using Cms.Cli.Commands;
using Cms.Formats.Refusals;
using Cms.Formats.Searching;

namespace Cms.Cli;

/// <summary>The command <c>search</c>.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class SearchCommandLine(CommandFactory commands)
{
    private readonly Argument<string> _pattern = new("pattern");
    private readonly Option<bool> _path = new("--path");
    private readonly Option<bool> _name = new("--name");
    private readonly Option<bool> _value = new("--value");
    private readonly Option<string?> _module = new("--module");
    private readonly Option<string?> _type = new("--type");
    private readonly Option<bool> _text = new("--text");
    private readonly Option<bool> _glob = new("--glob");
    private readonly Option<bool> _regex = new("--regex");
    private readonly Option<bool> _ignoreCase = new("--ignore-case", "-i");
    private readonly Option<int?> _limit = new("--limit", "-n");
    private readonly Option<bool> _count = new("--count");
    private readonly Option<bool> _tables = new("--tables");
    private readonly Option<bool> _committed = new("--committed");

    /// <summary>The command.</summary>
    public Command Build()
    {
        var command = commands.Make("search", (context, parsed, _) =>
            Task.FromResult(new SearchCommand(context, Request(parsed)).Run()));
        return CommandFactory.With(
            command, _pattern, _path, _name, _value, _module, _type, _text, _glob, _regex, _ignoreCase, _limit, _count, _tables, _committed);
    }

    private SearchRequest Request(ParseResult parsed)
    {
        var fields = (parsed.GetValue(_path) ? SearchFields.Path : 0) | (parsed.GetValue(_name) ? SearchFields.Name : 0) | (parsed.GetValue(_value) ? SearchFields.Value : 0);
        return new SearchRequest(parsed.GetValue(_pattern)!, new OptionQuery(Pattern(parsed), fields == SearchFields.None ? SearchFields.Path | SearchFields.Value : fields)
        {
            SectionType = parsed.GetValue(_type),
        })
        {
            Module = parsed.GetValue(_module),
            Limit = parsed.GetValue(_limit) is not { } limit ? int.MaxValue
                : limit > 0 ? limit
                : throw new RefusedException(ErrorCode.InvalidArgument, $"--limit {limit} leaves nothing to print; use 1 or more"),
            OnlyCount = parsed.GetValue(_count),
            WithTables = parsed.GetValue(_tables),
            IsCommitted = parsed.GetValue(_committed),
        };
    }

    private SearchPattern Pattern(ParseResult parsed)
    {
        var (text, glob, regex, ignoresCase) = (parsed.GetValue(_text), parsed.GetValue(_glob), parsed.GetValue(_regex), parsed.GetValue(_ignoreCase));
        var pattern = parsed.GetValue(_pattern)!;
        if ((text ? 1 : 0) + (glob ? 1 : 0) + (regex ? 1 : 0) > 1)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, "a pattern is one of --text, --glob and --regex");
        }

        return regex ? SearchPattern.FromRegex(pattern, ignoresCase, TimeProvider.System)
            : glob || (!text && pattern.AsSpan().IndexOfAny('*', '?') >= 0) ? SearchPattern.FromGlob(pattern, ignoresCase)
            : SearchPattern.FromText(pattern, ignoresCase);
    }
}
