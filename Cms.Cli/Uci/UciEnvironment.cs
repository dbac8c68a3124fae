namespace Cms.Cli.Uci;

/// <summary>What the machine offers to the <c>uci</c> personality; tests give it other places.</summary>
internal sealed record UciEnvironment
{
    /// <summary>The name in usage and error lines.</summary>
    public string ApplicationName { get; init; } = "uci";

    /// <summary>Where the packages are, unless <c>-c</c> says otherwise.</summary>
    public string ConfigDirectory { get; init; } = "/etc/config";

    /// <summary>Where packages that hide those of the same name are, unless <c>-C</c> says otherwise.</summary>
    public string OverrideDirectory { get; init; } = "/var/run/uci";

    /// <summary>Where changes wait for their commit, unless <c>-t</c> or <c>-P</c> says otherwise.</summary>
    public string SaveDirectory { get; init; } = "/tmp/.uci";

    /// <summary>How to reach a running daemon; null when this program cannot, and then a daemon's packages are refused.</summary>
    public IDaemonCommits? Daemon { get; init; }
}
