using System.Diagnostics;
using System.Text.Json;
using Cms.Client;
using Cms.Tests.Tidy;
using Xunit;

namespace Cms.Tests.Nodes;

/// <summary><c>cms validate</c> and <c>cms schema check</c> as processes.</summary>
public sealed class ValidateCommandTests : IDisposable
{
    private const string ZoneSchema = "config module 'gates'\noption version '2.0.0'\nconfig section 'gate'\nconfig field 'network'\noption section 'gate'\noption ref 'network.interface'\n";

    private readonly string _directory = Directory.CreateTempSubdirectory("cms-validate-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_file_is_compared_with_a_schema_and_with_the_files_beside_it()
    {
        var schema = Write("schema", ZoneSchema);
        var file = Write("gates", "config gate 'a'\n option network 'lan'\nconfig gate\n option network 'wan'\n");
        Assert.Equal((0, $"{file}: as schema gates 2.0.0 has it\n", ""), await RunAsync("validate", file, "--schema", schema));

        Write("network", "config interface 'lan'\n option proto 'dhcp'\n");
        var (exitCode, output, _) = await RunAsync("validate", file, "--schema", schema);
        Assert.Equal(16, exitCode);
        Assert.Equal(
            $"gates.@gate[1].network is 'wan': the name of a section of type 'interface' in network (ref:network.interface)\n{file}: 1 violation of schema gates 2.0.0\n",
            output);
        var (_, json, _) = await RunAsync("validate", file, "--schema", schema, "--json");
        using var parsed = JsonDocument.Parse(json);
        Assert.Equal("wan", parsed.RootElement[0].GetProperty("violations")[0].GetProperty("value").GetString());
    }

    [Fact]
    public async Task A_section_of_another_file_is_there_when_its_type_begins_as_asked()
    {
        var schema = Write("schema", ZoneSchema.Replace("network.interface", "network.inter*", StringComparison.Ordinal));
        var file = Write("gates", "config gate\n option network 'lan'\nconfig gate\n option network 'wan'\n");
        Write("network", "config interface 'lan'\nconfig device 'wan'\n");
        var (exitCode, output, _) = await RunAsync("validate", file, "--schema", schema);
        Assert.Equal((16, true), (exitCode, output.StartsWith("gates.@gate[1].network is 'wan': ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_samples_are_as_the_schemas_that_come_with_cms_have_them()
    {
        var samples = Directory.GetFiles(Path.Join(AppContext.BaseDirectory, "Golden", "etc-config"));
        var (exitCode, output, error) = await RunAsync(["validate", .. samples]);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal(samples.Length, output.Split(" has it\n").Length - 1);
    }

    [Fact]
    public async Task What_cannot_be_validated_is_refused()
    {
        Assert.Equal((3, "", "cms: there is neither a module nor a file 'nosuch'; cms list prints the modules\n"), await RunAsync("validate", "nosuch"));
        var unknown = Write("unknown", "config a\n");
        Assert.Equal((3, "", $"cms: '{unknown}' has no schema; name one with --schema FILE, or see cms schema register\n"), await RunAsync("validate", unknown));
        var (exitCode, _, error) = await RunAsync("validate", Write("system", "config a b c d\n"));
        Assert.Equal(10, exitCode);
        Assert.Contains("at line 1", error, StringComparison.Ordinal);
        Assert.Equal(11, (await RunAsync("validate")).ExitCode);
    }

    [Fact]
    public async Task A_schema_is_checked_with_every_mistake_in_its_line()
    {
        var good = Path.Join(Repository.Root, "packaging", "schemas", "network");
        var bad = Write("bad", "config module 'm'\n option versoin '1.0.0'\nconfig field 'x'\n option type 'itn'\n");
        var (exitCode, output, _) = await RunAsync("schema", "check", good, bad);
        Assert.Equal(2, exitCode);
        Assert.Contains($"{good}: schema network 1.0.0, section types: ", output, StringComparison.Ordinal);
        Assert.Contains($"{bad}:2: a module takes no option 'versoin'; did you mean 'version'?\n{bad}:4: there is no type 'itn'; did you mean 'int'?", output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("schema", "check", good)).ExitCode);
        var (_, json, _) = await RunAsync("schema", "check", bad, "--json");
        using var parsed = JsonDocument.Parse(json);
        Assert.Equal(2, parsed.RootElement[0].GetProperty("mistakes").GetArrayLength());
    }

    [Fact]
    public async Task Modules_are_validated_as_they_are_read_also_when_the_daemon_is_gone()
    {
        await using var node = new NodeProcess();
        await node.StartAsync();
        await node.Client.ImportAsync("network", "config interface 'lan'\n option proto 'dhcp'\n option mtu '9'\n"u8.ToArray(), new ImportOptions { Message = "" }, CancellationToken.None);
        await node.Client.ImportAsync("own", "config a 'b'\n"u8.ToArray(), new ImportOptions { Message = "" }, CancellationToken.None);
        await node.StopAsync();
        var (exitCode, output, _) = await ProgramRun.CmsAsync(node, "validate");
        Assert.Equal((16, "network.lan.mtu is '9': 68 to 65535 (range:68-65535)\nnetwork: 1 violation of schema network 1.0.0\n"), (exitCode, output));
        Assert.Equal(3, (await ProgramRun.CmsAsync(node, "validate", "own")).ExitCode);
    }

    private string Write(string name, string text)
    {
        var path = Path.Join(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Join(AppContext.BaseDirectory, "cms"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CMS_RUN_DIRECTORY"] = Path.Join(_directory, "run");
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await error);
    }
}
