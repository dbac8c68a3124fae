using Cms.Actors;
using Cms.Host;
using Cms.Storage.Journals;
using Cms.Storage.Keys;

const int Usage = 2;
const int CannotStart = 1;

if (args is ["--help" or "-h"])
{
    Console.Out.WriteLine("cmsd: owns the configuration of this machine");
    Console.Out.WriteLine();
    Console.Out.WriteLine("Usage: cmsd [check|repair] [--NAME=VALUE]...   (or CMS_NAME in the environment, or section 'node' of the UCI file 'cms')");
    Console.Out.WriteLine();
    Console.Out.WriteLine("check tells what is damaged in the journal; repair, with the daemon stopped, writes a new one of what is not.");
    Console.Out.WriteLine();
    foreach (var line in EncryptionCommands.Lines)
    {
        Console.Out.WriteLine(line);
    }

    Console.Out.WriteLine("cmsd signing-key NAME [--NAME=VALUE]   makes the key that exports of modules with sha_key NAME are signed with, in state_directory");
    Console.Out.WriteLine();
    foreach (var (name, meaning) in Settings.Reference)
    {
        Console.Out.WriteLine($"  --{name.Replace('_', '-'),-20} {meaning}");
    }

    return 0;
}

if (args is [var named, ..] && EncryptionCommands.IsOne(named))
{
    return EncryptionCommands.Run(args);
}

var signingKey = args is ["signing-key", ..] ? args.ElementAtOrDefault(1) ?? "" : null;
var command = args is [var first, ..] && JournalCommands.IsOne(first) ? first : null;
NodeOptions options;
try
{
    options = Settings.Read(signingKey is not null ? args.Skip(2).ToArray() : command is null ? args : args[1..], Environment.GetEnvironmentVariable);
}
catch (NodeStartException wrong)
{
    await Console.Error.WriteLineAsync($"cmsd: {wrong.Message}");
    return Usage;
}

try
{
    if (signingKey is not null)
    {
        Console.Out.WriteLine(new SigningKeys(options.StateDirectory).Create(signingKey));
        return 0;
    }

    // The outermost shell: here the clock and the ids come in.
#pragma warning disable RS0030
    if (command is not null)
    {
        return JournalCommands.Run(command, options, TimeProvider.System.GetUtcNow(), Guid.NewGuid);
    }

    await Daemon.RunAsync(options, TimeProvider.System, Guid.NewGuid, Environment.GetEnvironmentVariable);
#pragma warning restore RS0030
    return 0;
}
catch (JournalFullException full)
{
    await Console.Error.WriteLineAsync($"cmsd: {full.Message}. What cannot be recorded is not done, not even a start: start cmsd again when there is room; programs read the segments meanwhile");
    return CannotStart;
}
catch (Exception fault) when (fault is NodeStartException or JournalException or IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync($"cmsd: {fault.Message}");
    return CannotStart;
}
