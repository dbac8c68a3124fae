using Cms.Formats.Modules;

namespace Cms.Formats.Edits;

/// <summary>Compares the options of sections with their order and the types of their values, unlike <see cref="SectionContent"/>.</summary>
internal static class OptionSequence
{
    /// <summary>Whether two sections have the same options with the same values in the same order.</summary>
    public static bool AreEqual(IModuleView module, SectionId section, IModuleView otherModule, SectionId other)
    {
        using var others = otherModule.Options(other).GetEnumerator();
        foreach (var option in module.Options(section))
        {
            var isSame = others.MoveNext() && option.Name == others.Current.Name && option.Value.Equals(others.Current.Value);
            if (!isSame)
            {
                return false;
            }
        }

        return !others.MoveNext();
    }
}
