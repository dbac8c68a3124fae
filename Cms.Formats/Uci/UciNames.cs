using System.Buffers;
using System.Globalization;

namespace Cms.Formats.Uci;

/// <summary>The rules for names, types, packages and values, and the names that UCI computes for anonymous sections.</summary>
public static class UciNames
{
    // A file system takes 255 bytes, of which the longest name made from a module's, that of its temporary file, needs twelve.
    private const int MaxModuleSizeBytes = 255 - 12;

    private static readonly SearchValues<byte> NameBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"u8);

    private static readonly SearchValues<byte> PackageWordBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"u8);

    private static readonly SearchValues<byte> ControlBytes =
        SearchValues.Create([0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31]);

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>Whether this may name a section or an option: one or more of [A-Za-z0-9_].</summary>
    public static bool IsName(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(NameBytes);

    /// <inheritdoc cref="IsName(ReadOnlySpan{byte})"/>
    public static bool IsName(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(NameCharacters);

    /// <summary>Whether this may be a section's type: one or more bytes of 33..126.</summary>
    public static bool IsType(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange((byte)33, (byte)126);

    /// <inheritdoc cref="IsType(ReadOnlySpan{byte})"/>
    public static bool IsType(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('!', '~');

    /// <summary>Whether this may name a package in an address or be its file name: one or more bytes of 33..126.</summary>
    public static bool IsPackage(ReadOnlySpan<byte> text) => IsType(text);

    /// <inheritdoc cref="IsPackage(ReadOnlySpan{byte})"/>
    public static bool IsPackage(ReadOnlySpan<char> text) => IsType(text);

    /// <summary>Whether this may follow the word <c>package</c> in a text: one or more of [A-Za-z0-9_-].</summary>
    public static bool IsPackageWord(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(PackageWordBytes);

    /// <summary>Whether a file of this name in the configuration directory is a package: no dot in it, all of 33..126.</summary>
    public static bool IsListed(ReadOnlySpan<char> fileName) => IsPackage(fileName) && !fileName.Contains('.');

    /// <summary>Whether this may name a module, and its file: 1..243 bytes of 33..126, without a dot or slash.</summary>
    public static bool IsModule(ReadOnlySpan<char> text) => IsPackage(text) && text.Length <= MaxModuleSizeBytes && !text.ContainsAny('.', '/');

    /// <summary>Whether a value may be given on the command line: no control byte but tab, line feed and carriage return.</summary>
    public static bool IsText(ReadOnlySpan<byte> value) => !value.ContainsAny(ControlBytes);

    /// <summary>The name by which UCI knows an anonymous section until the package is loaded anew.</summary>
    /// <param name="birth">How many sections the package had seen when this one was born, itself included; from 1.</param>
    /// <param name="type">The section's type at its birth.</param>
    public static string Anonymous(long birth, ReadOnlySpan<char> type)
    {
        unchecked
        {
            var hash = 5381u;
            foreach (var character in type)
            {
                hash = (hash * 33) + character;
            }

            return string.Create(CultureInfo.InvariantCulture, $"cfg{birth:x2}{hash & 0xffff:x4}");
        }
    }
}
