using System.Diagnostics;
using Xunit;

namespace Cms.Tests.Tidy;

public sealed class ServiceUnitTests
{
    private const string Unit = "packaging/systemd/cmsd.service";
    private const string Verifier = "/usr/bin/systemd-analyze";

    [Theory]
    [InlineData("Type=notify")]
    [InlineData("WatchdogSec=60")]
    [InlineData("RuntimeDirectory=cms")]
    [InlineData("StateDirectory=cms")]
    [InlineData("NoNewPrivileges=yes")]
    [InlineData("ProtectSystem=strict")]
    [InlineData("ReadWritePaths=/etc/config")]
    [InlineData("Restart=on-failure")]
    [InlineData("WantedBy=multi-user.target")]
    public void The_unit_says_what_the_daemon_needs(string line) => Assert.Contains(line, Repository.Read(Unit).Split('\n'));

    [Fact]
    public async Task Systemd_accepts_the_unit() => Assert.Equal("", await VerifyAsync(Repository.Read(Unit)));

    [Fact]
    public async Task Systemd_refuses_a_unit_with_a_mistake() =>
        Assert.NotEqual("", await VerifyAsync(Repository.Read(Unit).Replace("WatchdogSec=", "WatchdogSecs=", StringComparison.Ordinal)));

    private static async Task<string> VerifyAsync(string unit)
    {
        Assert.SkipUnless(File.Exists(Verifier), $"{Verifier} is not installed");
        var directory = Directory.CreateTempSubdirectory("cms-unit");
        try
        {
            // The daemon is not installed where the unit expects it; any program that exists will do.
            var path = Path.Combine(directory.FullName, "cmsd.service");
            await File.WriteAllTextAsync(path, unit.Replace("/usr/bin/cmsd", "/bin/true", StringComparison.Ordinal), TestContext.Current.CancellationToken);
            using var process = Process.Start(new ProcessStartInfo(Verifier, ["verify", "--man=no", path]) { RedirectStandardError = true })!;
            var complaints = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return string.Join('\n', complaints.Split('\n').Where(line => line.Contains("cmsd.service", StringComparison.Ordinal)));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
