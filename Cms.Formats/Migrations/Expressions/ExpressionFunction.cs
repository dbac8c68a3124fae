using Cms.Formats.Modules;

namespace Cms.Formats.Migrations.Expressions;

/// <summary>A function that expressions may call.</summary>
/// <param name="Usage">How it is called, beginning with its name: <c>lower(text)</c>.</param>
/// <param name="Meaning">What it gives, for people.</param>
/// <param name="FewestArguments">How many arguments it takes at least.</param>
/// <param name="MostArguments">How many it takes at most.</param>
/// <param name="Evaluate">What it gives; null stands for a value that is missing. It refuses what it cannot take.</param>
public sealed record ExpressionFunction(
    string Usage, string Meaning, int FewestArguments, int MostArguments, Func<ExpressionArguments, ConfigValue?> Evaluate)
{
    /// <summary>What expressions call it by.</summary>
    public string Name { get; } = Usage[..Usage.IndexOf('(', StringComparison.Ordinal)];

    /// <summary>Whether it takes values that are missing; others refuse them.</summary>
    public bool TakesMissing { get; init; }
}
