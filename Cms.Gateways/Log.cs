using Microsoft.Extensions.Logging;

namespace Cms.Gateways;

/// <summary>What the gateways tell the log: events 2000 to 2999.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Error, "a {Kind} could not be recorded in the audit log; nothing was changed by it: {Failure}")]
    public static partial void RefusalNotRecorded(ILogger log, string kind, string failure);
}
