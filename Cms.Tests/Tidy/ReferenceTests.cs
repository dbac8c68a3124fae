using System.Globalization;
using Cms.Formats.Refusals;
using Cms.Host;
using Xunit;

namespace Cms.Tests.Tidy;

/// <summary>Documented tables say what the code says.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void The_table_of_errors_is_that_of_the_code() => Assert.Equal(Errors(ErrorCodes.All), MarkdownTable.Rows(Repository.Read("docs/errors.md"), columns: 5));

    [Fact]
    public void A_row_too_few_or_another_number_is_found()
    {
        var documented = MarkdownTable.Rows(Repository.Read("docs/errors.md"), columns: 5);
        Assert.NotEqual(Errors(ErrorCodes.All), documented.Skip(1));
        Assert.NotEqual(Errors([ErrorCodes.All[0] with { ExitCode = 99 }, .. ErrorCodes.All.Skip(1)]), documented);
    }

    [Fact]
    public void The_table_of_settings_has_the_names_and_meanings_of_the_code() =>
        Assert.Equal(Settings.Reference.Select(setting => $"{setting.Name} | {setting.Meaning}"), MarkdownTable.Rows(Repository.Read("docs/settings.md"), columns: 2));

    [Fact]
    public void The_documented_default_of_a_setting_changes_nothing()
    {
        var defaults = Settings.Read([], _ => null);
        foreach (var row in MarkdownTable.Rows(Repository.Read("docs/settings.md"), columns: 3).Select(row => row.Split(" | ")))
        {
            Assert.Equal(defaults, Settings.Read([Argument(row[0], row[2])], _ => null));
        }
    }

    [Fact]
    public void Another_default_is_found()
    {
        var defaults = Settings.Read([], _ => null);
        foreach (var (name, _) in Settings.Reference)
        {
            var other = name.EndsWith("_directory", StringComparison.Ordinal) ? "/somewhere" : name.StartsWith("segment_", StringComparison.Ordinal) ? "77000000" : name == "metrics_open" ? "1" : name == "cors_origins" ? "https://elsewhere" : name == "max_header_bytes" ? "7777" : name == "otlp_endpoint" ? "http://collector:4318" : name == "listen" ? "127.0.0.1:77" : "77";
            Assert.NotEqual(defaults, Settings.Read([Argument(name, other)], _ => null));
        }
    }

    [Fact]
    public void Every_project_has_its_packages_locked()
    {
        var projects = Repository.Files(".csproj");
        Assert.NotEmpty(projects);
        Assert.All(projects, project => Assert.True(IsLocked(project.Path), project.Path));
        Assert.False(IsLocked("Cms.Elsewhere/Cms.Elsewhere.csproj"));
    }

    private static string Argument(string name, string value) => $"--{name.Replace('_', '-')}={value}";

    private static bool IsLocked(string project) =>
        File.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(project)!, "packages.lock.json"));

    private static IEnumerable<string> Errors(IEnumerable<ErrorMapping> mappings) => mappings.Select(mapping => string.Create(
        CultureInfo.InvariantCulture, $"{(int)mapping.Code} | {mapping.Name} | {mapping.HttpStatus} | {mapping.ExitCode} | {mapping.Errno}"));
}
