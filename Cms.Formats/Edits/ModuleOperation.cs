using Cms.Formats.Modules;

namespace Cms.Formats.Edits;

/// <summary>One thing a caller wants done to a module; staged in sessions and sent in commits.</summary>
public abstract record ModuleOperation
{
    /// <summary>
    /// The revision that last changed the path when the caller looked, <see cref="Revision.None"/> when it was
    /// missing; null when the caller does not mind. A path that has changed since is a conflict.
    /// </summary>
    public Revision? Expected { get; init; }

    /// <summary>Adds a section at the end.</summary>
    /// <param name="Type">Its type.</param>
    /// <param name="Name">Its name, or null for an anonymous one.</param>
    /// <param name="Key">What later operations of the same request call it; unique in the request.</param>
    public sealed record AddSection(string Type, string? Name, string Key) : ModuleOperation;

    /// <summary>Gives a section this type, adding it when the selector is a name that is free.</summary>
    public sealed record SetSection(SectionSelector Section, string Type) : ModuleOperation;

    /// <summary>Removes a section with its options.</summary>
    public sealed record DeleteSection(SectionSelector Section) : ModuleOperation;

    /// <summary>Gives a section another name.</summary>
    public sealed record RenameSection(SectionSelector Section, string NewName) : ModuleOperation;

    /// <summary>Moves a section to a 0-based place among all; one past the end means last.</summary>
    public sealed record MoveSection(SectionSelector Section, int Index) : ModuleOperation;

    /// <summary>Sets an option.</summary>
    public sealed record SetOption(SectionSelector Section, string Option, ConfigValue Value) : ModuleOperation;

    /// <summary>Removes an option.</summary>
    public sealed record DeleteOption(SectionSelector Section, string Option) : ModuleOperation;

    /// <summary>Removes one element of a list by its 0-based index; past the end nothing happens, as in UCI.</summary>
    public sealed record DeleteElement(SectionSelector Section, string Option, int Index) : ModuleOperation;

    /// <summary>Gives an option another name, in the same place.</summary>
    public sealed record RenameOption(SectionSelector Section, string Option, string NewOption) : ModuleOperation;

    /// <summary>Appends to a list; a scalar becomes element 0, a missing option a list of one.</summary>
    public sealed record AddToList(SectionSelector Section, string Option, ReadOnlyMemory<byte> Element) : ModuleOperation;

    /// <summary>Removes all equal elements of a list; on a scalar or a missing option nothing happens.</summary>
    public sealed record RemoveFromList(SectionSelector Section, string Option, ReadOnlyMemory<byte> Element) : ModuleOperation;
}
