namespace Cms.Formats.Schemas;

/// <summary>What is wrong with a schema's text.</summary>
/// <param name="Line">1-based.</param>
/// <param name="Message">What is wrong and what to do, for people.</param>
public sealed record SchemaMistake(int Line, string Message)
{
    /// <summary>One line for people.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"line {Line}: {Message}");
}
