using Cms.Formats.Refusals;

namespace Cms.Cli;

/// <summary>The exit codes of <c>cms</c>; those of refusals are in the one table of <see cref="ErrorCodes"/>.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>A file or the system failed; standard error says which.</summary>
    public const int Failed = 1;

    public static int Of(Refusal refusal) => ErrorCodes.Of(refusal.Code).ExitCode;
}
