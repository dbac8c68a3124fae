namespace Cms.Cli.Uci;

/// <summary>Hands commits of the <c>uci</c> personality to a running daemon.</summary>
/// <remarks>Calls wait for the daemon's answer, which comes when the commit is durable and in the text file. One thread.</remarks>
internal interface IDaemonCommits
{
    /// <summary>Asks for the changes of delta files to be committed.</summary>
    /// <param name="socketPath">The daemon's Unix socket, from its mark in the configuration directory.</param>
    /// <param name="package">The package; a plain name.</param>
    /// <param name="deltaText">The delta files of the search path, one behind the other, whole.</param>
    /// <param name="requestId">32 hexadecimal digits, the same whenever the same delta files are handed over again.</param>
    DaemonReply Commit(string socketPath, string package, ReadOnlyMemory<byte> deltaText, string requestId);

    /// <summary>Asks for a package to be replaced, or made.</summary>
    /// <param name="socketPath">The daemon's Unix socket.</param>
    /// <param name="package">The package; a plain name.</param>
    /// <param name="fileText">Its whole text in canonical form.</param>
    /// <param name="requestId">32 hexadecimal digits that name this import.</param>
    DaemonReply Import(string socketPath, string package, ReadOnlyMemory<byte> fileText, string requestId);
}

/// <summary>What the daemon said.</summary>
internal abstract record DaemonReply
{
    /// <summary>It is durable; the deltas may go.</summary>
    public sealed record Committed : DaemonReply;

    /// <summary>The daemon refuses, and nothing was changed.</summary>
    /// <param name="Error">A sentence for the user.</param>
    public sealed record Refused(string Error) : DaemonReply;

    /// <summary>It is durable in the daemon, but the text file could not be written; asked again under the same id, the daemon tries the file again.</summary>
    public sealed record NotInFile : DaemonReply;

    /// <summary>No answer; whether it was done is unknown, so only the same request id may be used to ask again.</summary>
    public sealed record Unreachable : DaemonReply;
}
