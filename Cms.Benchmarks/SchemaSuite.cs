namespace Cms.Benchmarks;

/// <summary>Comparing modules with their schemas.</summary>
internal static class SchemaSuite
{
    public static Task RunAsync(Installation installation, Report report)
    {
        ValidateMeasure.Run(installation, report);
        return Task.CompletedTask;
    }
}
