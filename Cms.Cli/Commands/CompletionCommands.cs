using Cms.Cli.Completion;

namespace Cms.Cli.Commands;

/// <summary>complete and completion: what shells ask when a key is pressed, and what has them ask.</summary>
internal static class CompletionCommands
{
    // A shell would take these for its own.
    private static readonly System.Buffers.SearchValues<char> NeedQuotes = System.Buffers.SearchValues.Create(" \t\n'\"\\$`;&|<>()*?[]{}~!#");

    /// <summary>The shells that there is a script for.</summary>
    public static readonly IReadOnlyList<string> Shells = ["bash", "zsh", "fish"];

    /// <summary>Prints what the last word may become, one a line, a tab before what it is.</summary>
    public static void Complete(CommandContext context, IReadOnlyList<string> words)
    {
        var budget = new CompletionBudget(TimeProvider.System, Completer.Patience);
        foreach (var candidate in new Completer(new AddressCompletion(context, budget)).Complete(words.Count == 0 ? [""] : words))
        {
            if (candidate.Text.AsSpan().IndexOfAny(NeedQuotes) < 0 || candidate.Text.Contains(".@", StringComparison.Ordinal))
            {
                context.Output.WriteLine(candidate.Description.Length == 0 ? candidate.Text : $"{candidate.Text}\t{candidate.Description}");
            }
        }
    }

    /// <summary>Prints the script of a shell.</summary>
    public static void Print(CommandContext context, string shell)
    {
        using var script = typeof(CompletionCommands).Assembly.GetManifestResourceStream($"cms.{shell}") ?? throw new FileNotFoundException(shell);
        using var text = new MemoryStream();
        script.CopyTo(text);
        context.Output.Write(text.GetBuffer().AsSpan(0, (int)text.Length));
    }
}
