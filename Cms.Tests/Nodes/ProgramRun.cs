using System.Diagnostics;

namespace Cms.Tests.Nodes;

/// <summary>Runs the real <c>cms</c> as a user would.</summary>
internal static class ProgramRun
{
    /// <summary>Runs <c>cms</c> and waits for its end.</summary>
    public static Task<(int ExitCode, string Output, string Error)> CmsAsync(NodeProcess node, params string[] arguments) => CmsWithInputAsync(node, null, arguments);

    /// <summary>Runs <c>cms</c> with a text on its standard input.</summary>
    public static Task<(int ExitCode, string Output, string Error)> CmsWithInputAsync(NodeProcess node, string? input, params string[] arguments) =>
        RunAsync(node, "C", input, arguments);

    /// <summary>Runs <c>cms</c> for somebody who reads another language than English.</summary>
    public static Task<(int ExitCode, string Output, string Error)> CmsInLanguageAsync(NodeProcess node, string locale, params string[] arguments) =>
        RunAsync(node, locale, null, arguments);

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(NodeProcess node, string locale, string? input, string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "cms"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["CMS_RUN_DIRECTORY"] = node.RunDirectory;
        start.Environment["LC_ALL"] = locale;
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await error);
    }

    /// <summary>Runs the <c>uci</c> personality on the node's text files.</summary>
    public static Task<(int ExitCode, string Output, string Error)> UciAsync(NodeProcess node, params string[] arguments) =>
        CmsWithInputAsync(node, null, ["uci", "-c", node.ConfigDirectory, "-t", Path.Combine(node.Root, "delta"), .. arguments]);
}
