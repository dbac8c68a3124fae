namespace Cms.Actors.Modules;

/// <summary>A command's place in a sequence.</summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="Number">Counts its commands in the order in which they are sent.</param>
public readonly record struct SequencePlace(CommandSequence Sequence, long Number)
{
    /// <summary>Whether no command before this one was refused.</summary>
    internal bool IsReached => Sequence.IsWholeBefore(Number);

    /// <summary>Says that this command was not carried out.</summary>
    internal void Break() => Sequence.Break(Number);
}
