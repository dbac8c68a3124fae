using System.CommandLine;
using System.CommandLine.Completions;
using Cms.Cli.Catalogue;
using Cms.Cli.Help;

namespace Cms.Cli.Completion;

/// <summary>Completes the last word of a command line, whose other words are typed already.</summary>
/// <param name="addresses">What addresses there are.</param>
internal sealed class Completer(AddressCompletion addresses)
{
    /// <summary>How long one look may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(12);

    // In the address of these commands an option is given a value, or a section a type.
    private static readonly string[] WithValue = ["set", "add_list", "del_list", "increment", "compare-and-set"];

    /// <summary>What the last word may become, in the order of the names.</summary>
    /// <param name="words">The words behind the program's name; the last is to be completed and may be empty.</param>
    public IReadOnlyList<Candidate> Complete(IReadOnlyList<string> words)
    {
        var (typed, before) = (words[^1], words.Take(words.Count - 1).ToList());
        using var streams = new CommandStreams(Stream.Null, Stream.Null, Stream.Null);
        var tree = new CommandTree(streams);
        var name = tree.NameIn(before);
        if (name is null && !typed.StartsWith('-'))
        {
            return Fit(CommandCatalogue.All.Where(entry => !entry.IsHidden).Select(entry => new Candidate(entry.Name, CommandText.OfUser.SummaryOf($"cms {entry.Name}"))), typed);
        }

        if (name is not null && CommandCatalogue.Find(name) is null)
        {
            return [];
        }

        if (name is not null)
        {
            tree.AddFor(before);
        }

        return Fit(Complete(tree.Root, before, typed), typed);
    }

    private IEnumerable<Candidate> Complete(Command command, IReadOnlyList<string> before, string typed)
    {
        var positions = new List<string>();
        Option? awaiting = null;
        foreach (var word in before)
        {
            if (awaiting is not null)
            {
                awaiting = null;
            }
            else if (word.StartsWith('-') && word.Length > 1)
            {
                awaiting = OptionsOf(command).FirstOrDefault(option => (option.Name == word || option.Aliases.Contains(word)) && CommandWords.TakesValue(option));
            }
            else if (command.Subcommands.FirstOrDefault(each => each.Name == word) is { } below)
            {
                command = below;
            }
            else
            {
                positions.Add(word);
            }
        }

        return awaiting is not null ? awaiting.GetCompletions(CompletionContext.Empty).Select(item => new Candidate(item.Label))
            : typed.StartsWith('-') ? OptionsOf(command).Select(option => new Candidate(option.Name, CommandText.OfUser.DescriptionOf(command, option)))
            : command.Subcommands.Count > 0 ? CommandWords.CommandsOf(command).Select(each => new Candidate(each.Name, CommandText.OfUser.SummaryOf(each)))
            : ArgumentAt(command, positions.Count) is { } argument ? Values(command, argument, positions, typed) : [];
    }

    private IEnumerable<Candidate> Values(Command command, Argument argument, List<string> positions, string typed) => argument.Name switch
    {
        Arguments.AddressName => addresses.Addresses(typed, WithValue.Contains(command.Name) ? "=" : ""),
        "pattern" => addresses.Addresses(typed, ""),
        Arguments.ModuleName => addresses.Modules(typed),
        "module.table" => addresses.Tables(typed),
        "type" when positions.Count > 0 => addresses.Types(positions[0], typed),
        "command" => CommandCatalogue.All.Where(entry => !entry.IsHidden).Select(entry => new Candidate(entry.Name)),
        _ => argument.GetCompletions(CompletionContext.Empty).Select(item => new Candidate(item.Label)),
    };

    private static Argument? ArgumentAt(Command command, int position) =>
        position < command.Arguments.Count ? command.Arguments[position]
        : command.Arguments.LastOrDefault() is { Arity.MaximumNumberOfValues: > 1 } last ? last : null;

    private static IEnumerable<Option> OptionsOf(Command command) =>
        CommandWords.OptionsOf(command).Concat(command.Parents.OfType<Command>().SelectMany(OptionsOf).Where(option => option.Recursive));

    private static List<Candidate> Fit(IEnumerable<Candidate> all, string typed) =>
        [.. all.Where(each => each.Text.StartsWith(typed, StringComparison.Ordinal)).DistinctBy(each => each.Text).OrderBy(each => each.Text, StringComparer.Ordinal)];
}
