using System.Diagnostics;
using Cms.Tests.Nodes;
using Xunit;

namespace Cms.Tests.CommandLine;

/// <summary>The manual as the program for reading it sees it.</summary>
public sealed class ManualTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("C", "EXAMPLES")]
    [InlineData("de", "BEISPIELE")]
    public async Task Every_page_is_formatted_without_a_warning(string locale, string heading)
    {
        await using var node = new NodeProcess();
        var directory = Path.Combine(node.Root, "man");
        Assert.Equal(0, (await ProgramRun.CmsInLanguageAsync(node, locale, "man", directory)).ExitCode);
        var pages = Directory.GetFiles(directory);
        Assert.Contains(Path.Combine(directory, "cms.1"), pages);
        Assert.Contains($".SH {heading}\n", await File.ReadAllTextAsync(Path.Combine(directory, "cms-get.1"), Token), StringComparison.Ordinal);
        Assert.SkipWhen(Environment.GetEnvironmentVariable("PATH")!.Split(':').All(each => !File.Exists(Path.Combine(each, "groff"))), "groff is not installed");
        using var groff = Process.Start(new ProcessStartInfo("groff", ["-k", "-man", "-Tutf8", "-ww", "-z", .. pages]) { RedirectStandardError = true })!;
        Assert.Equal("", await groff.StandardError.ReadToEndAsync(Token));
        await groff.WaitForExitAsync(Token);
        Assert.Equal(0, groff.ExitCode);
    }
}
