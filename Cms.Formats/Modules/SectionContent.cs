namespace Cms.Formats.Modules;

/// <summary>Compares what sections hold as a text file shows it: by bytes, whatever the types of the values.</summary>
/// <remarks>A list without elements cannot be written in a text, so it counts as not being there.</remarks>
internal static class SectionContent
{
    /// <summary>The options that a text shows.</summary>
    public static IEnumerable<OptionView> Visible(IModuleView module, SectionId section) =>
        module.Options(section).Where(option => option.Value.Count > 0);

    /// <summary>A hash of the visible options in order; equal for equal content, in this process.</summary>
    public static int HashOf(IModuleView module, SectionId section)
    {
        var hash = default(HashCode);
        foreach (var option in Visible(module, section))
        {
            hash.Add(option.Name, StringComparer.Ordinal);
            hash.Add(option.Value.IsList);
            for (var index = 0; index < option.Value.Count; index++)
            {
                hash.AddBytes(option.Value.GetBytes(index).Span);
            }
        }

        return hash.ToHashCode();
    }

    /// <summary>Whether two sections show the same options in the same order.</summary>
    public static bool AreEqual(IModuleView module, SectionId section, IModuleView otherModule, SectionId other)
    {
        using var others = Visible(otherModule, other).GetEnumerator();
        foreach (var option in Visible(module, section))
        {
            var isSame = others.MoveNext() && option.Name == others.Current.Name && AreEqual(option.Value, others.Current.Value);
            if (!isSame)
            {
                return false;
            }
        }

        return !others.MoveNext();
    }

    /// <summary>Whether two values show the same lines in a text.</summary>
    public static bool AreEqual(ConfigValue value, ConfigValue other)
    {
        if (value.IsList != other.IsList || value.Count != other.Count)
        {
            return false;
        }

        for (var index = 0; index < value.Count; index++)
        {
            if (!value.GetBytes(index).Span.SequenceEqual(other.GetBytes(index).Span))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether two modules show the same text.</summary>
    public static bool AreEqual(IModuleView module, IModuleView other)
    {
        using var others = other.Sections().GetEnumerator();
        foreach (var section in module.Sections())
        {
            var isSame = others.MoveNext() && section.Type == others.Current.Type && section.Name == others.Current.Name
                && AreEqual(module, section.Id, other, others.Current.Id);
            if (!isSame)
            {
                return false;
            }
        }

        return !others.MoveNext();
    }
}
