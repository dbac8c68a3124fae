using Cms.Formats.Refusals;

namespace Cms.Cli;

/// <summary>The exit codes of <c>cms</c>; those of refusals are in the one table of <see cref="ErrorCodes"/>.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>A file or the system failed; standard error says which.</summary>
    public const int Failed = 1;

    /// <summary>A dry run found something to do; nothing failed and nothing was changed.</summary>
    public const int Differs = 100;

    /// <summary>The user ended the command, as shells say it of SIGINT; whether a commit under way took effect is not known.</summary>
    public const int Interrupted = 130;

    public static int Of(Refusal refusal) => ErrorCodes.Of(refusal.Code).ExitCode;
}
