using System.ComponentModel;
using System.Diagnostics;
using Cms.Cli.Texts;
using Cms.Formats.Refusals;

namespace Cms.Cli.Encryption;

/// <summary>Runs <c>cmsd</c> for what needs the cryptography of its runtime. No daemon is needed for it, and no key leaves the machine.</summary>
internal static class CmsdProcess
{
    private const string Program = "cmsd";
    private const string Remark = "cmsd: ";

    /// <summary>Runs a command and returns what it prints.</summary>
    /// <returns>Its standard output, and what it remarks.</returns>
    /// <exception cref="RefusedException">It failed, or there is no <c>cmsd</c>.</exception>
    public static async Task<(string Output, string Remark)> AskAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        using var process = Start(new ProcessStartInfo { RedirectStandardOutput = true }, arguments);
        var remark = process.StandardError.ReadToEndAsync(cancellation);
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await EndAsync(process, remark, cancellation);
        return (output, Say(await remark));
    }

    /// <summary>Decrypts a whole text into memory.</summary>
    /// <param name="identity">The file of the identity.</param>
    /// <param name="path">The file of the text; null or - for standard input.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="RefusedException">It is not what was encrypted to that identity, all of it.</exception>
    public static async Task<ArraySegment<byte>> DecryptAsync(string identity, string? path, CancellationToken cancellation)
    {
        using var process = Start(new ProcessStartInfo { RedirectStandardOutput = true }, ["decrypt", identity, path ?? "-"]);
        var remark = process.StandardError.ReadToEndAsync(cancellation);
        using var text = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(text, cancellation);
        await EndAsync(process, remark, cancellation);
        return new ArraySegment<byte>(text.GetBuffer(), 0, (int)text.Length);
    }

    /// <summary>Encrypts what is written to standard output.</summary>
    /// <param name="recipient">The file of the recipient.</param>
    /// <param name="write">Writes the text; when it throws, the end is missing from what was written, which is noticed when that is decrypted.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="RefusedException">The recipient cannot be encrypted to; nothing was written then.</exception>
    public static async Task EncryptAsync(string recipient, Action<Stream> write, CancellationToken cancellation)
    {
        using var process = Start(new ProcessStartInfo { RedirectStandardInput = true }, ["encrypt", recipient]);
        var remark = process.StandardError.ReadToEndAsync(cancellation);
        try
        {
            write(process.StandardInput.BaseStream);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The process went before it had read all; why, it says itself.
            await EndAsync(process, remark, cancellation);
            throw;
        }
        catch
        {
            process.Kill();
            throw;
        }

        await EndAsync(process, remark, cancellation);
    }

    private static Process Start(ProcessStartInfo start, IReadOnlyList<string> arguments)
    {
        start.FileName = Find();
        start.RedirectStandardError = true;
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new RefusedException(ErrorCode.Unavailable, Text.Of("missing.cmsd"));
        }
    }

    private static async Task EndAsync(Process process, Task<string> remark, CancellationToken cancellation)
    {
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, Say(await remark));
        }
    }

    private static string Say(string remark) => (remark.StartsWith(Remark, StringComparison.Ordinal) ? remark[Remark.Length..] : remark).Trim();

    // Beside this program, in the same directory or in one of its own; else where the shell would find it.
    private static string Find()
    {
        var directory = Path.GetDirectoryName(Environment.ProcessPath) ?? "";
        return new[] { Path.Combine(directory, Program), Path.Combine(directory, "..", Program, Program) }.FirstOrDefault(File.Exists) ?? Program;
    }
}
