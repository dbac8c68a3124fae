using System.Runtime.InteropServices;

namespace Cms.Formats.Mapping;

/// <summary>The size of a terminal, as the kernel has it.</summary>
/// <remarks>The platform's own console is not asked, since it sends the terminal its setup first, which then stands in what is printed.</remarks>
public static partial class TerminalSize
{
    private const nuint GetWindowSize = 0x5413;

    /// <summary>How many columns the terminal behind an open file has.</summary>
    /// <param name="file">The number of the file: 1 for standard output.</param>
    /// <returns>Null when it is no terminal, or one that does not say.</returns>
    public static int? FindColumns(int file) => Control(file, GetWindowSize, out var size) == 0 && size.Columns > 0 ? size.Columns : null;

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int file, nuint request, out WindowSize size);

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }
}
