using Cms.Formats.Modules;

namespace Cms.Formats.Uci;

/// <summary>Writes a module over the text it came from.</summary>
public static class UciLayout
{
    /// <summary>Writes the new text.</summary>
    public static void Write(ReadOnlyMemory<byte> oldText, IModuleView module, UciDialect dialect, Stream output) =>
        UciWriter.Write(module, output);
}
