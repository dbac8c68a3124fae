using Cms.Formats.Modules;

namespace Cms.Formats.Uci;

/// <summary>What a line of a delta file can do to a package; <see cref="UciDelta"/> decides what a line means, this only does it.</summary>
/// <remarks>
/// Callers have checked names, types and that sections and options exist, so these methods do not refuse but for the two renames.
/// Changes show at once in later calls. Used by one thread.
/// </remarks>
public interface IUciEditor
{
    /// <summary>
    /// The first section known by this name: the given one, the <c>cfgXXXXXX</c> that UCI computes for an anonymous section, or the
    /// provisional one with which <see cref="AddSection"/> bore it.
    /// </summary>
    SectionId? FindSection(string name);

    /// <summary>The type of an existing section.</summary>
    string TypeOf(SectionId section);

    /// <summary>Bears a section behind the last one.</summary>
    /// <param name="type">A valid type.</param>
    /// <param name="name">A name that <see cref="FindSection"/> does not find.</param>
    /// <param name="isAnonymous">
    /// Whether the name is provisional: later lines of the delta use it, but the section is written without a name.
    /// </param>
    SectionId AddSection(string type, string name, bool isAnonymous);

    /// <summary>Gives an existing section another valid type; its name stays, be it computed from the old type.</summary>
    void RetypeSection(SectionId section, string type);

    /// <summary>Names an existing section, which then is not anonymous any more.</summary>
    /// <returns>False, and nothing changed, when another section is known by that name.</returns>
    bool TryRenameSection(SectionId section, string name);

    /// <summary>Removes an existing section and its options.</summary>
    void RemoveSection(SectionId section);

    /// <summary>Moves an existing section.</summary>
    /// <param name="section">The section.</param>
    /// <param name="index">0-based place once it has moved; beyond the end means last.</param>
    void MoveSection(SectionId section, int index);

    /// <summary>The value of an option of an existing section, or null.</summary>
    ConfigValue? FindValue(SectionId section, string option);

    /// <summary>Sets an option of an existing section: in its old place, else behind the last one.</summary>
    void SetOption(SectionId section, string option, ConfigValue value);

    /// <summary>Appends to a list; a string becomes the first element of one, a missing option a list of one.</summary>
    void AppendElement(SectionId section, string option, ReadOnlyMemory<byte> element);

    /// <summary>Removes an existing option.</summary>
    void RemoveOption(SectionId section, string option);

    /// <summary>Gives an existing option another name in its old place.</summary>
    /// <returns>False, and nothing changed, when the section has another option of that name.</returns>
    bool TryRenameOption(SectionId section, string option, string name);
}
