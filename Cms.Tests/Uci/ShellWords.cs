using System.Text;

namespace Cms.Tests.Uci;

/// <summary>Reads the quoting that bash's printf %q writes, and the escapes of printf %b.</summary>
internal static class ShellWords
{
    public static List<byte[]> Split(string line)
    {
        var words = new List<byte[]>();
        var position = 0;
        while (position < line.Length)
        {
            if (line[position] == ' ')
            {
                position++;
                continue;
            }

            words.Add(TakeWord(line, ref position));
        }

        return words;
    }

    public static byte[] Unescape(ReadOnlySpan<byte> text)
    {
        var bytes = new List<byte>();
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] != '\\' || index + 1 == text.Length)
            {
                bytes.Add(text[index]);
                continue;
            }

            index++;
            if (text[index] is >= (byte)'0' and <= (byte)'7')
            {
                var digits = Encoding.ASCII.GetString(text.Slice(index, 3));
                bytes.Add(Convert.ToByte(digits, 8));
                index += 2;
                continue;
            }

            bytes.Add(text[index] switch { (byte)'n' => (byte)'\n', (byte)'t' => (byte)'\t', (byte)'r' => (byte)'\r', var other => other });
        }

        return [.. bytes];
    }

    private static byte[] TakeWord(string line, ref int position)
    {
        var word = new List<byte>();
        while (position < line.Length && line[position] != ' ')
        {
            if (line[position] == '\\')
            {
                word.AddRange(Encoding.UTF8.GetBytes(line[(position + 1)..(position + 2)]));
                position += 2;
            }
            else if (line[position] == '\'')
            {
                var end = line.IndexOf('\'', position + 1);
                word.AddRange(Encoding.UTF8.GetBytes(line[(position + 1)..end]));
                position = end + 1;
            }
            else if (line[position] == '$' && position + 1 < line.Length && line[position + 1] == '\'')
            {
                var end = position + 2;
                while (line[end] != '\'')
                {
                    end += line[end] == '\\' ? 2 : 1;
                }

                word.AddRange(Unescape(Encoding.UTF8.GetBytes(line[(position + 2)..end])));
                position = end + 1;
            }
            else
            {
                word.AddRange(Encoding.UTF8.GetBytes(line[position..(position + 1)]));
                position++;
            }
        }

        return [.. word];
    }
}
