using Cms.Tests.Worker;

// A process of its own for tests that need one: to read a segment beside its writer, or to be killed while writing.
return args switch
{
    ["read-segment", var path, var milliseconds] => SegmentReading.Run(path, TimeSpan.FromMilliseconds(int.Parse(milliseconds, System.Globalization.CultureInfo.InvariantCulture))),
    ["write-segment", var path, var seed] => SegmentWriting.Run(path, int.Parse(seed, System.Globalization.CultureInfo.InvariantCulture)),
    ["write-node", var run, var module, var section] => await NodeWriting.RunAsync(run, module, section),
    ["read-node", var run, var module] => await NodeReading.RunAsync(run, module),
    ["serve", var fault, .. var settings] => await FaultyServing.RunAsync(Enum.Parse<PlantedJournalFault>(fault), settings),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: read-segment PATH MILLISECONDS | write-segment PATH SEED | write-node RUN MODULE SECTION | read-node RUN MODULE | serve FAULT SETTING...");
    return 2;
}
