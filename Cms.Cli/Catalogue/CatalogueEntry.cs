using System.CommandLine;

namespace Cms.Cli.Catalogue;

/// <summary>A command as the catalogue has it, before anything of it is built.</summary>
/// <param name="Name">What is typed.</param>
/// <param name="Group">What it is about.</param>
/// <param name="Build">Makes the command with its arguments, its options and the commands below it; called only when it is asked for.</param>
internal sealed record CatalogueEntry(string Name, CommandGroup Group, Func<CommandFactory, Command> Build)
{
    /// <summary>Whether overviews leave it out.</summary>
    public bool IsHidden { get; init; }
}
