using Microsoft.Extensions.Logging;

namespace Cms.Tests.Simulation;

/// <summary>Puts what the actors log into the trace of the simulation.</summary>
/// <param name="trace">Where it goes.</param>
/// <param name="root">The scratch directory, whose name is no matter of the seed.</param>
internal sealed class TraceLoggers(Trace trace, string root) : ILoggerFactory, ILogger
{
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        trace.Add("log: " + formatter(state, exception).Replace(root, "~", StringComparison.Ordinal));

    public void Dispose()
    {
        // There is nothing to let go of.
    }
}
