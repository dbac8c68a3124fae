using Cms.Formats.Access;
using Xunit;

namespace Cms.Tests.Authentication;

public sealed class SecretHashTests
{
    [Fact]
    public void A_hash_matches_its_secret_alone_also_when_it_was_stored()
    {
        var hash = SecretHash.Create("correct horse", SecretHash.LeastIterations);
        Assert.True(SecretHash.TryParse(hash.ToString(), out var stored));
        Assert.Equal(hash, stored);
        Assert.True(stored.Matches("correct horse"));
        Assert.False(stored.Matches("correct hors"));
        Assert.False(stored.Matches("correct horse "));
        Assert.False(stored.Matches(""));
        Assert.DoesNotContain("horse", hash.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_hashes_of_a_secret_differ() =>
        Assert.NotEqual(SecretHash.Create("same", SecretHash.LeastIterations).ToString(), SecretHash.Create("same", SecretHash.LeastIterations).ToString());

    [Fact]
    public void A_hash_that_was_made_elsewhere_matches()
    {
        // python3: hashlib.pbkdf2_hmac('sha512', b'password', b'saltSALTsaltSALT', 1000, 32)
        Assert.True(SecretHash.TryParse("$pbkdf2-sha512$i=1000$c2FsdFNBTFRzYWx0U0FMVA$L+vjhfY5mqKiCpkm0YIuL0mdqnbOXhYw/v74SUJEEwc", out var hash));
        Assert.True(hash.Matches("password"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("$pbkdf2-sha512$i=210000$AAAAAAAAAAAAAAAAAAAAAA$")]
    [InlineData("$pbkdf2-sha512$i=210000$$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$pbkdf2-sha256$i=210000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$pbkdf2-sha512$i=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$pbkdf2-sha512$i=99999999$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$pbkdf2-sha512$i=210000$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$pbkdf2-sha512$i=210000$AAAAAAAAAAAAAAAAAAAAAA$AAAA")]
    [InlineData("$pbkdf2-sha512$i=210000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB")]
    [InlineData("$pbkdf2-sha512$i=210000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA$")]
    [InlineData("$pbkdf2-sha512$i= 210000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_no_hash_is_refused(string text) => Assert.False(SecretHash.TryParse(text, out _));

    [Fact]
    public void A_token_of_a_key_is_taken_apart_also_when_its_name_has_underscores()
    {
        foreach (var name in new[] { "deploy", "a_b_c", "_", new string('x', KeyToken.MostNameCharacters) })
        {
            var token = KeyToken.Create(name);
            Assert.True(KeyToken.TryParse(token.Text, out var parsed));
            Assert.Equal(token, parsed);
            Assert.DoesNotContain(token.Text[^64..], token.ToString(), StringComparison.Ordinal);
        }

        Assert.NotEqual(KeyToken.Create("deploy").Text, KeyToken.Create("deploy").Text);
    }

    [Fact]
    public void What_is_no_token_of_a_key_is_refused()
    {
        var secret = new string('a', 64);
        Assert.True(KeyToken.TryParse("cms_a_" + secret, out _));
        foreach (var text in new[] { "", "cms_", "cms__" + secret, "cms_a" + secret, "cms_a_" + secret[1..], "cms_a_" + secret.ToUpperInvariant(), "cms_a b_" + secret, "CMS_a_" + secret, "cms_a_" + secret + "\n", $"cms_{new string('x', 65)}_{secret}", "cms_../x_" + secret })
        {
            Assert.False(KeyToken.TryParse(text, out _), text);
        }
    }
}
