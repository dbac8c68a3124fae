using System.Text;

namespace Cms.Cli;

/// <summary>What a command reads and where it prints.</summary>
/// <param name="Input">Standard input.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record CommandStreams(Stream Input, Stream Output, Stream Error) : IDisposable
{
    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    private TextWriter? _text;

    /// <summary>Standard output as text.</summary>
    public TextWriter OutputText => _text ??= new StreamWriter(Output, Utf8, leaveOpen: true);

    /// <summary>Those of this process.</summary>
    public static CommandStreams OfProcess() => new(Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.OpenStandardError());

    /// <inheritdoc/>
    public void Dispose()
    {
        _text?.Dispose();
        Input.Dispose();
        Output.Dispose();
        Error.Dispose();
    }
}
