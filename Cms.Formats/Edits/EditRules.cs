using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Uci;

namespace Cms.Formats.Edits;

/// <summary>What names, types and values must look like; each check says which rule was broken.</summary>
internal static class EditRules
{
    public static Refusal? CheckName(string what, string name, EditLimits limits) =>
        !UciNames.IsName(name.AsSpan())
            ? new Refusal(ErrorCode.InvalidArgument, $"{what} name '{name}' is not legal: use letters, digits and _ only")
            : CheckLength(what, name, limits);

    public static Refusal? CheckType(string type, EditLimits limits) =>
        !UciNames.IsType(type.AsSpan())
            ? new Refusal(ErrorCode.InvalidArgument, $"type '{type}' is not legal: use printable ASCII without blanks")
            : CheckLength("type", type, limits);

    public static Refusal? CheckValue(string option, ConfigValue value, EditLimits limits) =>
        value.Encoding.Length > limits.MaxValueBytes
            ? new Refusal(ErrorCode.TooLarge, $"the value of '{option}' has {value.Encoding.Length} bytes; the most is {limits.MaxValueBytes}")
            : value.IsList && value.Count > limits.MaxListElements
                ? new Refusal(ErrorCode.TooLarge, $"the list '{option}' has {value.Count} elements; the most is {limits.MaxListElements}")
                : null;

    private static Refusal? CheckLength(string what, string name, EditLimits limits) =>
        name.Length > limits.MaxNameBytes
            ? new Refusal(ErrorCode.TooLarge, $"{what} '{name[..Math.Min(32, name.Length)]}...' has {name.Length} bytes; the most is {limits.MaxNameBytes}")
            : null;
}
