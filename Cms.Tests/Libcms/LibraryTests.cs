using System.Text.RegularExpressions;
using Cms.Formats.Modules;
using Cms.Formats.Segments;
using Cms.Tests.Nodes;
using Cms.Tests.Segments;
using Cms.Tests.Tidy;
using Xunit;

namespace Cms.Tests.Libcms;

/// <summary>The library as it is shipped.</summary>
public sealed partial class LibraryTests
{
    [Fact]
    public async Task The_example_builds_with_what_pkg_config_says_and_prints_the_address()
    {
        var directory = Directory.CreateTempSubdirectory("cms-example-");
        try
        {
            var program = Path.Combine(directory.FullName, "address");
            var build = $"cc -Wall -Werror -pedantic {Path.Combine(Repository.Root, "examples", "address.c")} -o {program} $(pkg-config --cflags --libs cms)";
            await NativeProgram.ExpectAsync("env", $"PKG_CONFIG_PATH={NativeProgram.Library("pkgconfig")}", "sh", "-c", build);
            Directory.CreateDirectory(Path.Combine(directory.FullName, "segments"));
            using var writer = SegmentWriter.Create(Path.Combine(directory.FullName, "segments", "network.seg"), SegmentPlace.Journal, new SegmentOptions { MaximumBytes = 1 << 20 });
            writer.Project(new(1), [new ModuleChange.SectionAdded(new(1), "interface", "lan"), new ModuleChange.OptionSet(new(1), "ipaddr", ConfigValue.FromText("192.168.1.1"))]);
            string[] environment = [$"LD_LIBRARY_PATH={NativeProgram.Library("")}", $"CMS_RUN_DIRECTORY={directory.FullName}"];
            Assert.Equal("192.168.1.1\n", await NativeProgram.ExpectAsync("env", [.. environment, program]));
            var (exitCode, output) = await NativeProgram.RunAsync("env", environment[0], "CMS_RUN_DIRECTORY=/nowhere", program);
            Assert.Equal((1, "network.lan.ipaddr: there is no such module, section or option\n"), (exitCode, output));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_example_that_changes_values_does_so_unless_somebody_was_faster()
    {
        await using var node = new NodeProcess();
        await File.WriteAllTextAsync(node.FileOf("network"), "config interface 'lan'\n\toption ipaddr '192.168.1.1'\n", TestContext.Current.CancellationToken);
        await node.StartAsync();
        var program = Path.Combine(node.Root, "renumber");
        var build = $"cc -Wall -Werror -pedantic {Path.Combine(Repository.Root, "examples", "renumber.c")} -o {program} $(pkg-config --cflags --libs cms)";
        await NativeProgram.ExpectAsync("env", $"PKG_CONFIG_PATH={NativeProgram.Library("pkgconfig")}", "sh", "-c", build);
        string[] run = [$"LD_LIBRARY_PATH={NativeProgram.Library("")}", $"CMS_RUN_DIRECTORY={node.RunDirectory}", program];
        Assert.Equal("revision 2\n", await NativeProgram.ExpectAsync("env", [.. run, "10.1.2.3"]));
        var options = (await node.Client.GetAsync("network", TestContext.Current.CancellationToken)).Sections[0].Options;
        Assert.Equal(("10.1.2.3", ConfigValue.FromTexts(["9.9.9.9"])), (options["ipaddr"].GetText(), options["dns"]));
        await node.StopAsync();
        Assert.Equal((1, "the daemon, or the module in it, is not there now\n"), await NativeProgram.RunAsync("env", [.. run, "10.1.2.4"]));
    }

    [Fact]
    public async Task What_the_header_declares_is_exported_and_nothing_else()
    {
        var symbols = await NativeProgram.ExpectAsync("nm", "--dynamic", "--defined-only", "--format=posix", NativeProgram.Library("libcms.so"));
        var exported = symbols.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]).Order(StringComparer.Ordinal);
        var text = await NativeProgram.ExpectAsync("gcc", "-E", "-P", Path.Combine(Repository.Root, "libcms", "include", "cms.h"));
        var declared = Declaration().Matches(text).Select(match => match.Groups["name"].Value).Order(StringComparer.Ordinal);
        Assert.Equal(declared, exported);
    }

    [Fact]
    public async Task The_library_has_a_soname_and_needs_libc_alone()
    {
        var headers = await NativeProgram.ExpectAsync("objdump", "-p", NativeProgram.Library("libcms.so"));
        Assert.Matches(@"SONAME\s+libcms\.so\.0\n", headers);
        Assert.Equal(["libc.so.6"], Needed().Matches(headers).Select(match => match.Groups["name"].Value));
    }

    [Fact]
    public async Task The_manual_page_has_no_errors() =>
        Assert.Equal("", await NativeProgram.ExpectAsync("groff", "-man", "-Tutf8", "-ww", "-z", Path.Combine(Repository.Root, "libcms", "man", "cms.3")));

    [GeneratedRegex(@"visibility\(""default""\)\)\)\s[^;(]*?(?<name>cms_\w+)\(")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"NEEDED\s+(?<name>\S+)")]
    private static partial Regex Needed();
}
