using Cms.Cli.Texts;
using Cms.Formats.Refusals;

namespace Cms.Cli.Encryption;

/// <summary>export --to: what is exported reaches standard output encrypted alone.</summary>
internal static class EncryptedExport
{
    /// <summary>Exports plainly, or encrypted to a recipient.</summary>
    /// <param name="context">The node.</param>
    /// <param name="recipient">The file of the recipient; null for none.</param>
    /// <param name="export">Exports to the output of the context that it gets.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task RunAsync(CommandContext context, string? recipient, Action<CommandContext> export, CancellationToken cancellation)
    {
        if (recipient is null)
        {
            export(context);
            return;
        }

        if (!Console.IsOutputRedirected)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, Text.Of("wrong.export.terminal"));
        }

        await CmsdProcess.EncryptAsync(
            recipient,
            target =>
            {
                var output = context.Output.With(target);
                export(context with { Output = output });
                output.Flush();
            },
            cancellation);
    }
}
