using System.Text;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Schemas.Reading;
using Cms.Formats.Schemas.Values;
using Xunit;

namespace Cms.Tests.Schemas;

/// <summary>Random bytes and broken schemas: the reader makes a schema of them or lists mistakes, and what it makes can be validated with.</summary>
public sealed class SchemaFuzzTests
{
    private static readonly string[] Words =
    [
        .. SchemaWords.Owners, .. SchemaWords.All.Select(word => word.Name), .. RuleWords.All.Select(rule => rule.Example), .. ValueFormats.All.Select(format => format.Name),
        "'", "\n", "config ", "option ", "list ", "|", ":", ",", "-", "@", "*", "{9999}", "(", "[a-", "\\", "9223372036854775808", "-1", "é", "\0",
    ];

    [Fact]
    public void Random_bytes_are_refused_and_nothing_else()
    {
        for (var seed = 0; seed < 5_000; seed++)
        {
            var random = new Random(seed);
            var text = new byte[random.Next(200)];
            random.NextBytes(text);
            Check([.. "config module 'm'\n"u8, .. text], seed);
        }
    }

    [Fact]
    public void Broken_schemas_are_refused_or_work()
    {
        var original = Encoding.UTF8.GetBytes(RandomModule.Schema);
        var module = SchemaSample.Module("config interface 'a'\n option proto 'static'\nconfig zone\n option name 'lan'\n list network 'a'\nconfig rule\n option src '!lan'\n option note 'x'");
        var made = 0;
        for (var seed = 0; seed < 5_000; seed++)
        {
            if (Check(Mutated(original, new Random(seed)), seed) is { } schema)
            {
                made++;
                SchemaValidator.ValidateAll(module, schema, UnknownTargets.Instance, SchemaSample.Most);
            }
        }

        Assert.True(made > 100, $"only {made} broken schemas could still be read, so the rest of the reader was hardly reached");
    }

    [Fact]
    public void Broken_rules_are_refused_or_work()
    {
        for (var seed = 0; seed < 5_000; seed++)
        {
            var random = new Random(seed);
            var rules = string.Concat(Enumerable.Range(0, 1 + random.Next(6)).Select(_ => Words[random.Next(Words.Length)])).Replace("'", "", StringComparison.Ordinal);
            var type = ValueFormats.All[random.Next(ValueFormats.All.Count)].Name;
            var text = $"config module 'm'\nconfig section 'interface'\nconfig field 'x'\noption type '{type}'\noption validation '{rules}'\n";
            if (Check(Encoding.UTF8.GetBytes(text), seed) is { } schema)
            {
                SchemaValidator.ValidateAll(SchemaSample.Module("config interface 'a'\n option x '5'\nconfig other\n list x 'aaaaaaaaaaaaaaaaaaaaaaaa!'\n list x ''"), schema, UnknownTargets.Instance, SchemaSample.Most);
            }
        }
    }

    private static byte[] Mutated(byte[] original, Random random)
    {
        var text = original.ToList();
        for (var count = 1 + random.Next(3); count > 0; count--)
        {
            var at = random.Next(text.Count);
            switch (random.Next(4))
            {
                case 0:
                    text[at] = (byte)random.Next(256);
                    break;
                case 1:
                    text.RemoveRange(at, Math.Min(random.Next(20), text.Count - at - 1));
                    break;
                case 2:
                    text.InsertRange(at, text.Skip(random.Next(text.Count)).Take(random.Next(40)).ToList());
                    break;
                default:
                    text.InsertRange(at, Encoding.UTF8.GetBytes(Words[random.Next(Words.Length)]));
                    break;
            }
        }

        return [.. text];
    }

    private static ModuleSchema? Check(byte[] text, int seed)
    {
        try
        {
            return SchemaReader.Read(text);
        }
        catch (RefusedException refused)
        {
            Assert.NotEmpty(refused.Message);
            return null;
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"seed {seed}: {Encoding.UTF8.GetString(text)}", exception);
        }
    }
}
