using System.Globalization;
using Cms.Formats.Modules;

namespace Cms.Gateways.Authentication.Credentials;

/// <summary>Reads the options of one section as what they are meant to be.</summary>
/// <param name="options">The values by their names.</param>
internal sealed class SectionOptions(IReadOnlyDictionary<string, ConfigValue> options)
{
    /// <summary>The options of a section.</summary>
    public static SectionOptions Of(IModuleView view, SectionView section) => new(view.Options(section.Id).ToDictionary(option => option.Name, option => option.Value));

    /// <summary>A text, or null when it is not there or empty.</summary>
    public string? Text(string name) => options.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;

    /// <summary>A text that must be there.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public string Required(string name) => Text(name) ?? throw new FormatException($"it has no {name}");

    /// <summary>The elements of a list; one of an option that is none.</summary>
    public IReadOnlyList<string> Texts(string name) =>
        options.TryGetValue(name, out var value) ? [.. Enumerable.Range(0, value.Count).Select(value.GetText)] : [];

    /// <summary>A switch; one that is not there is off.</summary>
    /// <exception cref="FormatException">It is neither on nor off.</exception>
    public bool IsOn(string name) => Text(name) switch
    {
        null or "0" or "off" or "no" or "false" or "disabled" => false,
        "1" or "on" or "yes" or "true" or "enabled" => true,
        _ => throw new FormatException($"{name} is neither 0 nor 1"),
    };

    /// <summary>A date or time, in UTC when it does not say; null when it is not there.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public DateTimeOffset? Time(string name) =>
        Text(name) is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw new FormatException($"{name} is no time, such as 2027-03-01T12:00:00Z");

    /// <summary>A span of whole seconds; null when it is not there.</summary>
    /// <exception cref="FormatException">It is none, or longer than <paramref name="most"/>.</exception>
    public TimeSpan? Seconds(string name, TimeSpan most) =>
        Text(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= most.TotalSeconds ? TimeSpan.FromSeconds(seconds)
        : throw new FormatException($"{name} is not 0 to {most.TotalSeconds} seconds");
}
