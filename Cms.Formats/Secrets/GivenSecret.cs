using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Formats.Secrets;

/// <summary>Says what a value means that somebody gives: a sealed text stands for what it seals, <c>(secret)</c> for what is there. Pure.</summary>
internal static class GivenSecret
{
    /// <summary>The value meant.</summary>
    /// <param name="option">The option, for the refusal.</param>
    /// <param name="given">What was given.</param>
    /// <param name="present">What the option has; null for nothing.</param>
    /// <param name="isSecret">Whether the schema says that it is a secret.</param>
    /// <param name="unseal">Unseals a value at the place; null where there are no keys, and sealed texts are taken as they are.</param>
    public static (ConfigValue Value, Refusal? Refusal) Resolve(string option, ConfigValue given, ConfigValue? present, bool isSecret, Func<ConfigValue, ConfigValue>? unseal)
    {
        var isHidden = isSecret || (present is not null && SealedText.IsHidden(present));
        var value = given;
        if (isHidden && SealedText.IsRedacted(given))
        {
            if (FillIn(given, present) is not { } filled)
            {
                return (given, new Refusal(
                    ErrorCode.InvalidArgument, $"'{option}' is given as {SealedText.Redacted}, which stands for the value that is there, and there is none in that place; give the value"));
            }

            value = filled;
        }

        if (unseal is not null && SealedText.IsSealed(value) && !value.Equals(present))
        {
            value = unseal(value);
            if (SealedText.IsSealed(value))
            {
                return (given, new Refusal(
                    ErrorCode.InvalidArgument, $"'{option}' is given a sealed value that was sealed for another place, was altered, or whose key is gone; give the value itself"));
            }
        }

        return (isHidden ? value.AsSecret() : value, null);
    }

    // The elements of a list keep their places; one that got shorter does not say which of them went.
    private static ConfigValue? FillIn(ConfigValue given, ConfigValue? present)
    {
        if (present is null || present.IsList != given.IsList || present.Count > given.Count)
        {
            return null;
        }

        if (!given.IsList)
        {
            return present;
        }

        var elements = given.Elements().ToArray();
        var olds = present.Elements().ToArray();
        for (var index = 0; index < elements.Length; index++)
        {
            if (!SealedText.IsRedacted(elements[index].Span))
            {
                continue;
            }

            if (index >= olds.Length)
            {
                return null;
            }

            elements[index] = olds[index];
        }

        var list = ConfigValue.FromElements(elements);
        return list.ReadAs(present.ElementType) ?? list;
    }
}
