namespace Cms.Cli.Completion;

/// <summary>What a word may be completed to.</summary>
/// <param name="Text">The whole word.</param>
/// <param name="Description">What it is, in one line; empty when there is nothing to say.</param>
internal sealed record Candidate(string Text, string Description = "")
{
    /// <summary>Whether something follows without a blank, as an option does behind <c>network.lan.</c></summary>
    public bool IsPartial => Text.EndsWith('.') || Text.EndsWith('=');
}
