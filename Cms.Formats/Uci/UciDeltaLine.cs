using System.Buffers;
using System.Text;

namespace Cms.Formats.Uci;

/// <summary>One change in a delta file.</summary>
/// <param name="Command">What to do.</param>
/// <param name="Package">The package it is meant for.</param>
/// <param name="Section">A valid section name.</param>
/// <param name="Option">A valid option name, or null when the section itself is meant.</param>
/// <param name="Value">Null only for <see cref="UciDeltaCommand.Delete"/> of something as a whole.</param>
public sealed record UciDeltaLine(UciDeltaCommand Command, string Package, string Section, string? Option, ReadOnlyMemory<byte>? Value)
{
    /// <summary>Takes a line apart.</summary>
    /// <returns>Null for what UCI skips: no address, no plain section name, or no value where one is needed.</returns>
    public static UciDeltaLine? TryParse(ReadOnlyMemory<byte> line)
    {
        var command = CommandOf(line.Span);
        var address = UciAddress.TryParse(command == UciDeltaCommand.Set ? line : line[1..]);
        if (address?.Section is not { } section || address.HasSelector || (command != UciDeltaCommand.Delete && address.Value is null))
        {
            return null;
        }

        var isAllowed = command switch
        {
            UciDeltaCommand.Reorder => address.Option is null,
            UciDeltaCommand.Rename => UciNames.IsName(address.Value!.Value.Span),
            UciDeltaCommand.AddToList or UciDeltaCommand.DeleteFromList => address.Option is not null,
            _ => true,
        };
        return isAllowed ? new UciDeltaLine(command, address.Package, section, address.Option, address.Value) : null;
    }

    /// <summary>Writes the line with its line break, in the form of the reference.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        if (Command != UciDeltaCommand.Set)
        {
            output.Write([(byte)Command]);
        }

        WritePackage(output);
        output.Write(Encoding.Latin1.GetBytes(Option is null ? $".{Section}" : $".{Section}.{Option}"));
        if (Value is { } value)
        {
            output.Write("='"u8);
            UciWriter.WriteEscaped(value.Span, output);
            output.Write("'"u8);
        }

        output.Write("\n"u8);
    }

    private static UciDeltaCommand CommandOf(ReadOnlySpan<byte> line) =>
        !line.IsEmpty && "+-@^|~"u8.Contains(line[0]) ? (UciDeltaCommand)line[0] : UciDeltaCommand.Set;

    // A package name may hold characters that end a word; the reference does not escape them and then cannot read its own line.
    private void WritePackage(IBufferWriter<byte> output)
    {
        foreach (var character in Package)
        {
            if (character is '\'' or '"' or '\\' or '#' or ';')
            {
                output.Write("\\"u8);
            }

            output.Write([(byte)character]);
        }
    }
}
