using System.Text;
using Cms.Formats.Migrations;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Migrations;

/// <summary>Random texts and broken copies of good scripts: they are run or refused in words, and nothing else happens.</summary>
public class MigrationFuzzTests
{
    private const string Module = "config user alice\n option shell /bin/sh\n option uid 1000\nconfig group wheel\n list member alice\nconfig user\n option uid 7\n";

    private const string Good = """
        # A script with a bit of everything.
        set auth.alice.shell=/bin/ash; add user
        for-each user where 'exists({uid}) && {uid} > 5 && exists({shell})'
            transform @.uid 'int({uid}) % 7 == 0 ? {uid} + 1 : default({none}, -{uid} * 2.5)'
            if 'starts({shell}, "/bin")'
                rename @.shell=program
            else
                transform @.program 'join(split({.alice.shell}, "/"), ".") . element(list(1, "a\t"), -1)'
            end
        end
        rename-option user uid id; delete-option group member
        rename-type group team
        table create .hosts name:string:20:key mac:string:17
        table insert .hosts name=a mac=00:11:22:33:44:55
        reorder .alice=2; del_list .wheel.member=x; delete .wheel

        """;

    private static readonly byte[] Likely = "for-eachifendelset .@{}()'\"?:=!&|+-*/%,;#\n 1a\\"u8.ToArray();

    [Fact]
    public void The_script_that_is_broken_here_is_good() => Assert.Null(ScriptCases.Run(Good, Module).Refusal);

    [Fact]
    public void Random_texts_are_run_or_refused()
    {
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var text = new byte[random.Next(80)];
            for (var index = 0; index < text.Length; index++)
            {
                text[index] = random.Next(8) == 0 ? (byte)random.Next(256) : Likely[random.Next(Likely.Length)];
            }

            Check(text, seed);
            Check([.. "for-each user\ntransform @.x '"u8, .. text.Where(each => each != '\''), .. "'\nend"u8], seed);
        }
    }

    [Fact]
    public void Broken_copies_of_a_good_script_are_run_or_refused()
    {
        var good = Encoding.UTF8.GetBytes(Good);
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var text = good.ToList();
            for (var count = 1 + random.Next(5); count > 0; count--)
            {
                var at = random.Next(text.Count);
                switch (random.Next(3))
                {
                    case 0:
                        text[at] = Likely[random.Next(Likely.Length)];
                        break;
                    case 1:
                        text.RemoveRange(at, Math.Min(random.Next(30), text.Count - at));
                        break;
                    default:
                        text.InsertRange(at, good.AsSpan(random.Next(good.Length - 30), random.Next(30)).ToArray());
                        break;
                }

                if (text.Count == 0)
                {
                    break;
                }
            }

            Check([.. text], seed);
        }
    }

    private static void Check(byte[] text, int seed)
    {
        try
        {
            var result = ScriptCases.Run(MigrationScript.Parse("auth-1.1.0/up", "auth", text), ScriptCases.Parse(Module));
            Assert.True(result.Refusal is null || result.Refusal.Message.StartsWith("auth-1.1.0/up, line ", StringComparison.Ordinal), $"seed {seed}: {result.Refusal?.Message}");
        }
        catch (RefusedException refused)
        {
            Assert.True(refused.Message.StartsWith("auth-1.1.0/up, line ", StringComparison.Ordinal), $"seed {seed}: {refused.Message}");
        }
        catch (Exception bug) when (bug is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"seed {seed}: {Encoding.UTF8.GetString(text)}", bug);
        }
    }
}
