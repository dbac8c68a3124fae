using Microsoft.Extensions.Logging;

namespace Cms.Host;

/// <summary>What the daemon's shell tells the log: events 3000 to 3999.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Warning, "systemd could not be told how the daemon is: {Failure}")]
    public static partial void SystemdNotTold(ILogger log, string failure);

    [LoggerMessage(3010, LogLevel.Information, "listening on {Address}")]
    public static partial void Listening(ILogger log, string address);

    [LoggerMessage(3011, LogLevel.Warning, "the certificate of before stays in use: {Problem}")]
    public static partial void CertificateNotTaken(ILogger log, string problem);
}
