using Cms.Actors;
using Cms.Formats.Mapping;
using Cms.Gateways.Authentication;
using Cms.Gateways.Http;
using Cms.Gateways.Limits;
using Cms.Host.Listening;
using Cms.Host.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cms.Host;

/// <summary>Wires a node to its gateways and runs until it is told to stop.</summary>
internal static class Daemon
{
    public static async Task RunAsync(NodeOptions options, TimeProvider clock, Func<Guid> newId, Func<string, string?> environment)
    {
        // Keys and plain secrets are in this process: no core dump has them, and nobody but root attaches to it.
        _ = ProcessDump.TryForbid();
        ILogger? log = null;
        var identity = Listeners.Prepare(options.Listen, problem => Log.CertificateNotTaken(log!, problem));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        ConfigureLogs(builder.Logging);
        builder.WebHost.UseKestrelCore().UseSockets(sockets => sockets.Backlog = MostWaitingConnections);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = HttpGateway.MaxCommitBytes;
            DigitsAlone.Apply(kestrel);
            DoorLimits.Apply(kestrel, options.Door, ProcessOwner.UserId);
            kestrel.ListenUnixSocket(options.SocketPath, ConnectionMemory.AddTo);
            Listeners.Add(kestrel, options.Listen, identity);
        });
        await using var app = builder.Build();
        await using var node = await Node.StartAsync(options, clock, app.Services.GetRequiredLoggerFactory(), newId);
        using var export = OtlpExport.Start(options.Telemetry, node.Journal.Id.ToString("N"));
        log = app.Services.GetRequiredLoggerFactory().CreateLogger("Cms.Daemon");
        HttpGateway.Map(app, node, ProcessOwner.UserId);
        using var notifier = new ServiceNotifier(environment, clock, why => Log.SystemdNotTold(log, why), () => node.Modules.All.All(module => module.IsResponsive));

        // The node owns the run directory by now, so a socket that is there was left by a daemon that is dead.
        File.Delete(options.SocketPath);
        await app.StartAsync();
        File.SetUnixFileMode(options.SocketPath, EverybodyMayConnect);
        node.AnnounceReachable();
        foreach (var address in Listeners.Found(app.Services))
        {
            Log.Listening(log, address);
        }

        notifier.Ready();
        await app.WaitForShutdownAsync();
        notifier.Stopping();
        await app.StopAsync();
    }

    // Who finds no place to wait is turned away by the kernel; thousands of watches may come back at once after a restart.
    private const int MostWaitingConnections = 4096;

    // Who connects is known by the kernel's word, and is told clearly when turned away.
    private const UnixFileMode EverybodyMayConnect =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private static void ConfigureLogs(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);

        // A log of requests that nobody reads would make an activity and a scope for each; what fails is told by the server itself.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.AddJsonConsole(console =>
        {
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        });
    }

    private static ILoggerFactory GetRequiredLoggerFactory(this IServiceProvider services) =>
        (ILoggerFactory)services.GetService(typeof(ILoggerFactory))!;
}
