using System.Text;
using Cms.Formats.Refusals;
using Cms.Formats.Uci;

namespace Cms.Formats.Migrations;

/// <summary>One word of a script and where it stands.</summary>
/// <param name="Place">Where it begins.</param>
/// <param name="Bytes">What it says, without quotes.</param>
internal readonly record struct ScriptWord(ScriptPlace Place, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The word as text.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);
}

/// <summary>Takes a script apart into statements of words, in UCI's quoting: one a line or apart by semicolons, <c>#</c> begins a comment.</summary>
internal sealed class ScriptWords
{
    private readonly string _script;
    private readonly UciWordReader _reader;

    /// <param name="script">What people call the script.</param>
    /// <param name="text">Its text.</param>
    public ScriptWords(string script, ReadOnlyMemory<byte> text)
    {
        // The reader counts lines by their breaks, which the last one may lack.
        (_script, _reader) = (script, new UciWordReader(text.Span.EndsWith("\n"u8) ? text : (byte[])[.. text.Span, (byte)'\n'], UciDialect.Cms));
    }

    /// <summary>Where reading has come to.</summary>
    public ScriptPlace Place => new(_script, Math.Max(1, _reader.Line), _reader.Byte + 1);

    /// <summary>The statements, each with at least one word.</summary>
    /// <exception cref="RefusedException">A quote does not end; the message names the place where the statement begins.</exception>
    public IEnumerable<IReadOnlyList<ScriptWord>> Statements()
    {
        while (_reader.NextLine())
        {
            while (!_reader.PeekKeyword().IsEmpty)
            {
                if (Take() is { Count: > 0 } words)
                {
                    yield return words;
                }
            }
        }
    }

    private List<ScriptWord> Take()
    {
        var words = new List<ScriptWord>();
        while (true)
        {
            _reader.SkipSpace();
            var place = Place;
            if (!_reader.TryNextWord(out var word))
            {
                throw place.Refuse(ErrorCode.InvalidArgument, "the quote that begins here does not end");
            }

            if (!word.IsPresent)
            {
                return words;
            }

            words.Add(new ScriptWord(place, _reader.MemoryOf(word)));
        }
    }
}
