namespace Cms.Cli.Login;

/// <summary>Where a user's own files are (XDG base directories).</summary>
internal static class UserDirectory
{
    /// <summary>A directory of this user.</summary>
    /// <param name="variable">The variable of the environment that says so.</param>
    /// <param name="otherwise">Below his home, when it does not.</param>
    public static string Of(string variable, string otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } set && Path.IsPathRooted(set)
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), otherwise);
}
