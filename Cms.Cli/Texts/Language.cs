namespace Cms.Cli.Texts;

/// <summary>Which language the user reads.</summary>
internal static class Language
{
    private static readonly string[] Variables = ["LC_ALL", "LC_MESSAGES", "LANG"];

    /// <summary>The language that is spoken when the user's is not.</summary>
    public const string English = "en";

    /// <summary>The languages that there is a file of texts for.</summary>
    public static readonly IReadOnlyList<string> All = [English, "de"];

    /// <summary>The user's, by the variables of his locale.</summary>
    public static string OfUser() => Of(Environment.GetEnvironmentVariable);

    /// <summary>The language that variables ask for: the first of them that says anything decides.</summary>
    public static string Of(Func<string, string?> variable)
    {
        var locale = Variables.Select(variable).FirstOrDefault(value => !string.IsNullOrEmpty(value)) ?? "";
        var language = locale.Split('_', '.', '@')[0];
        return All.Contains(language) ? language : English;
    }
}
