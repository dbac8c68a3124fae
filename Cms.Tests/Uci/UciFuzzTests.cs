using Cms.Formats.Modules;
using Cms.Formats.Uci;
using Xunit;

namespace Cms.Tests.Uci;

/// <summary>Random bytes and broken copies of real files: the reader answers, and what it accepts survives being written.</summary>
public class UciFuzzTests
{
    private static readonly byte[] Likely = "config option list package '\"\\;#\n\t x1=_-\r\n"u8.ToArray();

    [Theory]
    [InlineData(UciDialect.Cms)]
    [InlineData(UciDialect.Reference)]
    public void Random_bytes_never_break_reader_writer_or_layout(UciDialect dialect)
    {
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var text = new byte[random.Next(120)];
            for (var index = 0; index < text.Length; index++)
            {
                text[index] = random.Next(4) == 0 ? (byte)random.Next(256) : Likely[random.Next(Likely.Length)];
            }

            Check("config a b\n"u8.ToArray().Concat(text).ToArray(), dialect, seed);
        }
    }

    [Theory]
    [InlineData(UciDialect.Cms)]
    [InlineData(UciDialect.Reference)]
    public void Broken_copies_of_real_files_never_break_reader_writer_or_layout(UciDialect dialect)
    {
        var seed = 0;
        foreach (var path in Directory.GetFiles(Path.Join(AppContext.BaseDirectory, "Golden", "etc-config")))
        {
            var original = File.ReadAllBytes(path);
            Check(original, dialect, -1);
            for (var round = 0; round < 400; round++)
            {
                Check(Mutated(original, new Random(++seed)), dialect, seed);
            }
        }
    }

    private static byte[] Mutated(byte[] original, Random random)
    {
        var text = original.ToList();
        for (var count = 1 + random.Next(6); count > 0; count--)
        {
            var at = random.Next(text.Count);
            switch (random.Next(4))
            {
                case 0:
                    text[at] = (byte)random.Next(256);
                    break;
                case 1:
                    text.RemoveRange(at, Math.Min(random.Next(40), text.Count - at));
                    break;
                case 2:
                    text.InsertRange(at, text.Skip(random.Next(text.Count)).Take(random.Next(40)).ToList());
                    break;
                default:
                    text.Insert(at, Likely[random.Next(Likely.Length)]);
                    break;
            }
        }

        return [.. text];
    }

    private static void Check(byte[] text, UciDialect dialect, int seed)
    {
        var options = new UciReaderOptions { Dialect = dialect };
        var lenient = UciPackage.TryParse("p", text, options with { IsStrict = false }, _ => { }, out _);
        Assert.NotNull(lenient);
        if (UciPackage.TryParse("p", text, options, _ => { }, out var error) is not { } package)
        {
            Assert.NotNull(error);
            return;
        }

        using var written = new MemoryStream();
        UciWriter.Write(package, written);
        Assert.True(Says(written.ToArray(), package, options), $"Seed {seed}: written, it says something else.");

        package.Add("zone", null);
        Assert.True(Says(UciLayout.Rewrite(text, package, dialect), package, options), $"Seed {seed}: laid out, it says something else.");
    }

    private static bool Says(byte[] text, UciPackage package, UciReaderOptions options) =>
        UciPackage.TryParse("p", text, options, _ => { }, out _) is { } back && SectionContent.AreEqual(package, back);
}
