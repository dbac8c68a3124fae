using System.Globalization;
using Cms.Actors.Topics;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Gateways.Watching;

/// <summary>Where a client says that it goes on. Pure.</summary>
internal static class WatchPosition
{
    /// <summary>Reads it.</summary>
    /// <param name="text">A revision of the one module that the patterns name, 0 for the beginning, or a position.</param>
    /// <param name="patterns">What is wanted.</param>
    /// <exception cref="RefusedException">It is not legal.</exception>
    public static JournalPosition Parse(string text, IReadOnlyList<TopicPattern> patterns)
    {
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision))
        {
            return JournalPosition.Parse(text);
        }

        var modules = patterns.Select(pattern => pattern.Module).Distinct().ToList();
        return revision == 0 ? JournalPosition.Beginning
            : modules.Count == 1 && patterns[0].NamesOneModule ? JournalPosition.Of(modules[0], new Revision(revision))
            : throw new RefusedException(
                ErrorCode.InvalidArgument, $"since {text} is a revision, which belongs to one module: name one in the patterns, or send 0 or a whole position");
    }
}
