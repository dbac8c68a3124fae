using Cms.Formats.Uci;

namespace Cms.Formats.Schemas;

/// <summary>Another module that a schema builds upon.</summary>
/// <param name="Module">Its name.</param>
/// <param name="Least">The version that its schema must have at least.</param>
public sealed record MigrationRequirement(string Module, SchemaVersion Least)
{
    /// <summary>Reads a requirement.</summary>
    /// <param name="text"><c>MODULE&gt;=VERSION</c>, with blanks around the sign or without.</param>
    /// <returns>Null when the text is none.</returns>
    public static MigrationRequirement? TryParse(string text)
    {
        var sign = text.IndexOf(">=", StringComparison.Ordinal);
        var name = sign < 0 ? text : text[..sign].TrimEnd();
        return sign > 0 && UciNames.IsModule(name) && SchemaVersion.TryParse(text[(sign + 2)..].TrimStart()) is { } version
            ? new MigrationRequirement(name, version)
            : null;
    }

    /// <summary>As a schema writes it: <c>network>=1.2.0</c>.</summary>
    public override string ToString() => $"{Module}>={Least}";
}
