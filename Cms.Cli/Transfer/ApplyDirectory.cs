using Cms.Client.Documents;
using Cms.Formats.Refusals;
using Cms.Formats.Uci;

namespace Cms.Cli.Transfer;

/// <summary>The modules that a directory, or one file, says there are.</summary>
/// <param name="Modules">By name, each with the file that it is from.</param>
/// <param name="PassedOver">The files that are no modules.</param>
internal sealed record ApplyDirectory(IReadOnlyList<ApplyFile> Modules, IReadOnlyList<string> PassedOver)
{
    /// <summary>Reads a directory: <c>NAME</c> and <c>NAME.uci</c> are UCI text, <c>.json</c>, <c>.yaml</c> and <c>.yml</c> documents of one module or several.</summary>
    /// <remarks>Files that begin with a dot are left out, as are directories.</remarks>
    /// <exception cref="RefusedException">It is not there, a file is malformed, or two files are of one module.</exception>
    public static ApplyDirectory Read(string path)
    {
        if (!Directory.Exists(path) && !File.Exists(path))
        {
            throw new RefusedException(ErrorCode.NotFound, $"there is no directory and no file '{path}'");
        }

        var files = File.Exists(path) ? [path] : Directory.GetFiles(path).Where(file => !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal).ToList();
        var modules = new List<ApplyFile>();
        var passedOver = new List<string>();
        foreach (var file in files)
        {
            if (FormatOf(file) is { } format)
            {
                modules.AddRange(ReadFile(file, format));
            }
            else
            {
                passedOver.Add(file);
            }
        }

        return modules.GroupBy(module => module.Document.Module).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new RefusedException(ErrorCode.InvalidArgument, $"module '{twice.Key}' is in {string.Join(" and ", twice.Select(module => module.Path))}; keep one of them")
            : new ApplyDirectory([.. modules.OrderBy(module => module.Document.Module, StringComparer.Ordinal)], passedOver);
    }

    private static TransferFormat? FormatOf(string file) =>
        TransferFormats.OfFile(file) ?? (UciNames.IsPackage(Path.GetFileName(file)) && !Path.GetFileName(file).Contains('.') ? TransferFormat.Uci : null);

    private static List<ApplyFile> ReadFile(string file, TransferFormat format)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        try
        {
            return [.. TransferText.Read(File.ReadAllBytes(file), format, format == TransferFormat.Uci ? name : null, name).Select(document => new ApplyFile(file, document))];
        }
        catch (RefusedException refused)
        {
            throw new RefusedException(refused.Refusal with { Message = $"{file}: {refused.Refusal.Message}" });
        }
    }
}

/// <summary>A module as a file has it.</summary>
/// <param name="Path">The file.</param>
/// <param name="Document">The module, with its name.</param>
internal sealed record ApplyFile(string Path, ModuleDocument Document);
