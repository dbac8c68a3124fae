using Cms.Formats.Modules;

namespace Cms.Formats.Secrets;

/// <summary>Unseals a value at a place.</summary>
/// <param name="section">The section that the value stands in, or is to stand in.</param>
/// <param name="option">The option.</param>
/// <param name="value">A value, or a list, of which texts are sealed.</param>
/// <returns>The plain value with the mark of a secret; the same value when one of its texts cannot be unsealed there.</returns>
public delegate ConfigValue SecretUnsealer(SectionId section, string option, ConfigValue value);
