using Cms.Formats.Searching;

namespace Cms.Formats.Access;

/// <summary>Which paths a rule is about: <c>module.section.option</c>, each part with <c>*</c> and <c>?</c>. Pure.</summary>
/// <remarks>
/// A section or a table is meant by its name, sections also by <c>@type</c>. A part that is left out means all, so <c>*</c> alone means
/// everything: all modules, all topics and the node. <c>topic:NAME</c> means topics.
/// </remarks>
public sealed class PathPattern
{
    /// <summary>What begins the path of a topic.</summary>
    internal const string TopicPrefix = "topic:";

    private const int LongestText = 1024;
    private const string All = "*";
    private readonly string _root;
    private readonly string _section = All;
    private readonly string _leaf = All;
    private readonly bool _isTopic;
    private readonly int _depth;

    private PathPattern(string text)
    {
        Text = text;
        _isTopic = text.StartsWith(TopicPrefix, StringComparison.Ordinal);
        var parts = _isTopic ? [text[TopicPrefix.Length..]] : text.Split('.');
        _root = parts[0];
        _section = parts.ElementAtOrDefault(1) ?? All;
        _leaf = parts.ElementAtOrDefault(2) ?? All;
        _depth = _leaf != All ? 3 : _section != All ? 2 : _isTopic || _root != All ? 1 : 0;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Takes a pattern apart.</summary>
    /// <param name="text">What to take apart.</param>
    /// <param name="problem">What is wrong with it, for people, when this returns null.</param>
    public static PathPattern? TryParse(string text, out string? problem)
    {
        problem = ProblemOf(text);
        return problem is null ? new PathPattern(text) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>Whether it may concern something in a module.</summary>
    internal bool ConcernsModule(string module) => _depth == 0 || (!_isTopic && Glob.Matches(_root, module));

    /// <summary>How it stands to a path.</summary>
    internal PathRelation RelationTo(in AccessPath path)
    {
        if (_depth == 0)
        {
            return PathRelation.Covers;
        }

        if (path.Place == AccessPlace.Node)
        {
            return PathRelation.Below;
        }

        if (_isTopic != (path.Place == AccessPlace.Topic) || !Glob.Matches(_root, path.Root))
        {
            return PathRelation.Apart;
        }

        return _depth == 1 ? PathRelation.Covers
            : path.Place == AccessPlace.Module ? PathRelation.Below
            : !MatchesSection(path) ? PathRelation.Apart
            : _depth == 2 ? PathRelation.Covers
            : path.Place == AccessPlace.Section ? PathRelation.Below
            : Glob.Matches(_leaf, path.Leaf!) ? PathRelation.Covers : PathRelation.Apart;
    }

    private bool MatchesSection(in AccessPath path) => _section == All
        || (_section[0] == '@' ? path.Type is { } type && Glob.Matches(_section.AsSpan(1), type) : path.Name is { } name && Glob.Matches(_section, name));

    private static string? ProblemOf(string text)
    {
        if (text.Length is 0 or > LongestText)
        {
            return $"a path has 1 to {LongestText} characters";
        }

        if (text.StartsWith(TopicPrefix, StringComparison.Ordinal))
        {
            return text.Length == TopicPrefix.Length || text.AsSpan().IndexOfAny('/', ' ') >= 0 ? $"path '{text}' names no topic: write {TopicPrefix}NAME" : null;
        }

        var parts = text.Split('.');
        return parts.Length > 3 || parts.Any(part => part.Length == 0) ? $"path '{text}' is not legal: use module.section.option with * and ?, and ? for a dot in a type"
            : parts.Any(part => part.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0) ? $"path '{text}' is not legal: use printable ASCII without blanks"
            : parts.Length > 1 && !IsSection(parts[1]) ? $"'{parts[1]}' in path '{text}' names no section: use a name of letters, digits and _, or @type, with * and ?; a place such as @type[0] cannot be meant"
            : parts.Length > 2 && !IsName(parts[2]) ? $"'{parts[2]}' in path '{text}' names no option: use letters, digits and _, with * and ?"
            : null;
    }

    private static bool IsSection(string part) => part[0] == '@' ? part.Length > 1 && !part.Contains('[', StringComparison.Ordinal) : IsName(part);

    private static bool IsName(string part) => part.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '*' or '?');
}

/// <summary>How a pattern stands to a path.</summary>
internal enum PathRelation
{
    /// <summary>It is about something else.</summary>
    Apart,

    /// <summary>It may be about something under the path, not about the path itself.</summary>
    Below,

    /// <summary>It is about the path and everything under it.</summary>
    Covers,
}
