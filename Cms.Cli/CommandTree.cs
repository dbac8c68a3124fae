using System.CommandLine;
using Cms.Cli.Catalogue;

namespace Cms.Cli;

/// <summary>The commands as the parser knows them: the one that a command line asks for, or all.</summary>
internal sealed class CommandTree
{
    // No argument stands for a file of further arguments: values may begin with an @.
    private static readonly ParserConfiguration Rules = new() { ResponseFileTokenReplacer = null };

    private readonly GlobalOptions _options = new();
    private readonly CommandFactory _commands;

    /// <summary>A tree without commands.</summary>
    /// <param name="streams">What the commands read and write.</param>
    public CommandTree(CommandStreams streams)
    {
        _commands = new CommandFactory(new CommandRunner(_options, streams).RunAsync);
        foreach (var option in _options.All(new HelpAction(streams.OutputText)))
        {
            Root.Add(option);
        }
    }

    /// <summary><c>cms</c> itself.</summary>
    public Command Root { get; } = new("cms");

    /// <summary>Builds all commands.</summary>
    public CommandTree AddAll()
    {
        foreach (var entry in CommandCatalogue.All)
        {
            Add(entry);
        }

        return this;
    }

    /// <summary>Builds the command that is asked for, or all when it is not known.</summary>
    public CommandTree AddFor(IReadOnlyList<string> words)
    {
        if (NameIn(words) is { } name && CommandCatalogue.Find(name) is { } entry)
        {
            Add(entry);
            return this;
        }

        return AddAll();
    }

    /// <summary>Takes a command line apart.</summary>
    public ParseResult Parse(IReadOnlyList<string> words) => Root.Parse(words, Rules);

    /// <summary>The first word that is neither an option nor the value of one; null when there is none.</summary>
    public string? NameIn(IReadOnlyList<string> words)
    {
        for (var index = 0; index < words.Count; index++)
        {
            if (!words[index].StartsWith('-'))
            {
                return words[index];
            }

            index += _options.TakesNext(words[index]) ? 1 : 0;
        }

        return null;
    }

    private void Add(CatalogueEntry entry)
    {
        var command = entry.Build(_commands);
        command.Hidden = entry.IsHidden;
        Root.Add(command);
    }
}
