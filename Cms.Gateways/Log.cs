using Microsoft.Extensions.Logging;

namespace Cms.Gateways;

/// <summary>What the gateways tell the log: events 2000 to 2999.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Error, "a {Kind} could not be recorded in the audit log; nothing was changed by it: {Failure}")]
    public static partial void RefusalNotRecorded(ILogger log, string kind, string failure);

    [LoggerMessage(2100, LogLevel.Warning, "module access: {Problem}")]
    public static partial void CredentialNotUsed(ILogger log, string problem);

    [LoggerMessage(2101, LogLevel.Warning, "the keys of before stay in use: {Problem}")]
    public static partial void IssuerKeysMissing(ILogger log, string problem);
}
