using System.Globalization;
using Cms.Formats.Uci;

namespace Cms.Cli.Uci;

/// <summary>Prints packages, sections, options and changes in UCI's forms.</summary>
internal sealed class PackagePrinter(UciOutput output, UciCommandLine options)
{
    /// <summary>Prints a package as assignments; anonymous sections by selector unless told otherwise.</summary>
    public void ShowPackage(UciPackage package)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var section in package.Chain())
        {
            var index = counts.GetValueOrDefault(section.Type);
            counts[section.Type] = index + 1;
            var isSelector = section.IsAnonymous && options.IsShowingSelectors;
            ShowSection(package.Name, section, isSelector ? string.Create(CultureInfo.InvariantCulture, $"@{section.Type}[{index}]") : section.Name);
        }
    }

    /// <summary>Prints a section and its options under a name.</summary>
    public void ShowSection(string package, UciSection section, string name)
    {
        output.Write($"{package}.{name}={section.Type}\n");
        foreach (var option in section.Options())
        {
            ShowOption(package, name, option);
        }
    }

    /// <summary>Prints an option as an assignment.</summary>
    public void ShowOption(string package, string section, UciOption option)
    {
        output.Write($"{package}.{section}.{option.Name}=");
        PrintValue(option, isQuoting: true);
    }

    /// <summary>Prints a value and ends the line; without quoting, only elements with white space are quoted.</summary>
    public void PrintValue(UciOption option, bool isQuoting)
    {
        for (var index = 0; index < option.Count; index++)
        {
            output.Write(index == 0 ? [] : options.Delimiter);
            var element = option[index].Span;
            if (isQuoting || (option.IsList && element.ContainsAny(" \t\r\n"u8)))
            {
                output.WriteQuoted(element);
            }
            else
            {
                output.Write(element);
            }
        }

        output.Write("\n"u8);
    }

    /// <summary>Prints a waiting change.</summary>
    public void ShowChange(UciDeltaLine line)
    {
        output.Write(line.Command == UciDeltaCommand.Delete ? "-"u8 : []);
        output.Write(line.Option is null ? $"{line.Package}.{line.Section}" : $"{line.Package}.{line.Section}.{line.Option}");
        if (line.Command != UciDeltaCommand.Delete)
        {
            output.Write(line.Command switch
            {
                UciDeltaCommand.AddToList => "+="u8,
                UciDeltaCommand.DeleteFromList => "-="u8,
                _ => "="u8,
            });
            output.WriteQuoted(line.Value!.Value.Span);
        }

        output.Write("\n"u8);
    }
}
