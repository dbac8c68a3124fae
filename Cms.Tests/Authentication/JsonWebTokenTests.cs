using System.Security.Cryptography;
using System.Text;
using Cms.Gateways.Authentication.Issuers;
using Cms.Gateways.Authentication.Tokens;
using Cms.Tests.Confirmations;
using Xunit;

namespace Cms.Tests.Authentication;

/// <summary>Tokens that hold, and every way to make one that does not.</summary>
public sealed class JsonWebTokenTests : IDisposable
{
    private const string Issuer = "https://login.example";
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    public void Dispose()
    {
        _rsa.Dispose();
        _elliptic.Dispose();
    }

    [Fact]
    public void A_token_of_each_algorithm_holds()
    {
        Assert.Equal("anna", Check("RS256", TokenMaker.Rs256(_rsa)).Subject);
        Assert.Equal("anna", Check("PS256", TokenMaker.Ps256(_rsa)).Subject);
        Assert.Equal("anna", Check("ES256", TokenMaker.Es256(_elliptic)).Subject);
        Assert.Equal("anna", Check("HS256", TokenMaker.Hs256(_secret)).Subject);

        TokenClaims Check(string algorithm, Func<byte[], byte[]> sign)
        {
            var (token, problem) = JsonWebToken.Parse(TokenMaker.Sign(TokenMaker.Header(algorithm), Claims(), sign));
            Assert.Null(problem);
            var found = SignatureAlgorithms.Find(token!.Algorithm)!.Value;
            var key = Keys().Single(each => each.IsFor(found));
            Assert.True(key.Verify(found, token.Signed.Span, token.Signature.Span));
            return ClaimCheck.Check(token.Claims, Settings(), Now).Claims!;
        }
    }

    [Fact]
    public void A_signature_over_anything_else_does_not_hold()
    {
        foreach (var (algorithm, sign) in new[] { ("RS256", TokenMaker.Rs256(_rsa)), ("PS256", TokenMaker.Ps256(_rsa)), ("ES256", TokenMaker.Es256(_elliptic)), ("HS256", TokenMaker.Hs256(_secret)) })
        {
            var text = TokenMaker.Sign(TokenMaker.Header(algorithm), Claims(), sign);
            var parts = text.Split('.');
            var other = TokenMaker.Encode(Encoding.UTF8.GetBytes(Claims("berta")));
            foreach (var forged in new[] { $"{parts[0]}.{other}.{parts[2]}", $"{parts[0]}.{parts[1]}.{TokenMaker.Encode(new byte[64])}", $"{parts[0]}.{parts[1]}.", $"{parts[0]}.{parts[1]}.{TokenMaker.Encode([0])}" })
            {
                var (token, _) = JsonWebToken.Parse(forged);
                var found = SignatureAlgorithms.Find(algorithm)!.Value;
                Assert.False(Keys().Single(each => each.IsFor(found)).Verify(found, token!.Signed.Span, token.Signature.Span), forged);
            }
        }
    }

    [Fact]
    public void An_elliptic_signature_in_the_form_of_certificates_does_not_hold()
    {
        var text = TokenMaker.Sign(TokenMaker.Header("ES256"), Claims(), bytes => _elliptic.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        var (token, _) = JsonWebToken.Parse(text);
        Assert.False(new EllipticKey(null, _elliptic.ExportParameters(false)).Verify(SignatureAlgorithm.Es256, token!.Signed.Span, token.Signature.Span));
    }

    [Fact]
    public void No_key_is_for_an_algorithm_of_another_kind()
    {
        SignatureAlgorithm[] all = [SignatureAlgorithm.Hs256, SignatureAlgorithm.Rs256, SignatureAlgorithm.Ps256, SignatureAlgorithm.Es256];
        Assert.Equal([SignatureAlgorithm.Hs256], all.Where(new SharedKey(null, _secret).IsFor));
        Assert.Equal([SignatureAlgorithm.Rs256, SignatureAlgorithm.Ps256], all.Where(new RsaKey(null, null, _rsa.ExportParameters(false)).IsFor));
        Assert.Equal([SignatureAlgorithm.Ps256], all.Where(new RsaKey(null, SignatureAlgorithm.Ps256, _rsa.ExportParameters(false)).IsFor));
        Assert.Equal([SignatureAlgorithm.Es256], all.Where(new EllipticKey(null, _elliptic.ExportParameters(false)).IsFor));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("nOnE")]
    [InlineData("")]
    [InlineData("hs256")]
    [InlineData("HS512")]
    [InlineData("RS256 ")]
    public void There_are_no_other_algorithms(string name) => Assert.Null(SignatureAlgorithms.Find(name));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a.b")]
    [InlineData("..")]
    [InlineData("e30.e30.e30.e30")]
    [InlineData("e30.e30.")]
    [InlineData("e30=.e30.e30")]
    [InlineData("e30 .e30.e30")]
    [InlineData("e31.e30.e30")]
    [InlineData("e3+.e30.e30")]
    [InlineData("e3\u00e9.e30.e30")]
    public void What_is_no_token_is_refused(string text) => Assert.NotNull(JsonWebToken.Parse(text).Problem);

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\"RS256\"")]
    [InlineData("{\"alg\":null}")]
    [InlineData("{\"alg\":1}")]
    [InlineData("{\"alg\":\"RS256\",\"alg\":\"none\"}")]
    [InlineData("{\"alg\":\"RS256\",\"kid\":1}")]
    [InlineData("{\"alg\":\"RS256\",\"typ\":\"JWE\"}")]
    [InlineData("{\"alg\":\"RS256\",\"crit\":[\"x\"]}")]
    [InlineData("{\"alg\":\"RS256\",\"zip\":\"DEF\"}")]
    [InlineData("{\"alg\":\"RS256\",\"enc\":\"A128GCM\"}")]
    [InlineData("{\"alg\":\"\\ud800\"}")]
    [InlineData("{\"\\ud800\":\"\",\"alg\":\"RS256\"}")]
    [InlineData("{\"alg\":\"RS256\"} ,")]
    [InlineData("{\"alg\":\"RS256\",\"a\":[[[[[[[[1]]]]]]]]}")]
    public void A_header_that_is_not_plain_is_refused(string header) =>
        Assert.NotNull(JsonWebToken.Parse(TokenMaker.Sign(header, Claims(), TokenMaker.Rs256(_rsa))).Problem);

    [Fact]
    public void A_token_that_is_too_long_or_says_something_twice_is_refused()
    {
        Assert.NotNull(JsonWebToken.Parse(TokenMaker.Sign(TokenMaker.Header("RS256"), Claims(more: $",\"x\":\"{new string('x', JsonWebToken.MostCharacters)}\""), TokenMaker.Rs256(_rsa))).Problem);
        Assert.NotNull(JsonWebToken.Parse(TokenMaker.Sign(TokenMaker.Header("RS256"), Claims(more: ",\"sub\":\"root\""), TokenMaker.Rs256(_rsa))).Problem);
        Assert.Null(JsonWebToken.Parse(TokenMaker.Sign(TokenMaker.Header("RS256"), Claims(), TokenMaker.Rs256(_rsa))).Problem);
    }

    [Theory]
    [InlineData("{\"iss\":\"https://login.example\",\"aud\":\"cms\",\"sub\":\"anna\"}", "when it ends")]
    [InlineData("{\"iss\":\"https://login.example/\",\"aud\":\"cms\",\"sub\":\"anna\",\"exp\":1800000100}", "issuer")]
    [InlineData("{\"aud\":\"cms\",\"sub\":\"anna\",\"exp\":1800000100}", "issuer")]
    [InlineData("{\"iss\":\"https://login.example\",\"sub\":\"anna\",\"exp\":1800000100}", "audience")]
    [InlineData("{\"iss\":\"https://login.example\",\"aud\":\"other\",\"sub\":\"anna\",\"exp\":1800000100}", "audience")]
    [InlineData("{\"iss\":\"https://login.example\",\"aud\":[],\"sub\":\"anna\",\"exp\":1800000100}", "audience")]
    [InlineData("{\"iss\":\"https://login.example\",\"aud\":[1],\"sub\":\"anna\",\"exp\":1800000100}", "another type")]
    [InlineData("{\"iss\":\"https://login.example\",\"aud\":{\"cms\":1},\"sub\":\"anna\",\"exp\":1800000100}", "another type")]
    [InlineData("{\"iss\":\"https://login.example\",\"aud\":\"cms\",\"sub\":\"anna\",\"exp\":1799999940}", "expired")]
    [InlineData("{\"iss\":\"https://login.example\",\"aud\":\"cms\",\"sub\":\"anna\",\"exp\":\"1800000100\"}", "another type")]
    [InlineData("{\"iss\":\"https://login.example\",\"aud\":\"cms\",\"sub\":\"anna\",\"exp\":1e400}", "another type")]
    [InlineData("{\"iss\":\"https://login.example\",\"aud\":\"cms\",\"sub\":\"anna\",\"exp\":-1}", "another type")]
    [InlineData("{\"iss\":\"https://login.example\",\"aud\":\"cms\",\"sub\":\"anna\",\"exp\":1800000100,\"nbf\":1800000061}", "not hold yet")]
    [InlineData("{\"iss\":\"https://login.example\",\"aud\":\"cms\",\"sub\":\"anna\",\"exp\":1800000100,\"iat\":1800000061}", "future")]
    [InlineData("{\"iss\":\"https://login.example\",\"aud\":\"cms\",\"exp\":1800000100}", "whose")]
    [InlineData("{\"iss\":\"https://login.example\",\"aud\":\"cms\",\"sub\":\"\",\"exp\":1800000100}", "whose")]
    [InlineData("{\"iss\":\"https://login.example\",\"aud\":\"cms\",\"sub\":\"a\\nuid:0\",\"exp\":1800000100}", "whose")]
    [InlineData("{\"iss\":\"https://login.example\",\"aud\":\"cms\",\"sub\":\"a\\u202eb\",\"exp\":1800000100}", "whose")]
    [InlineData("{\"iss\":\"https://login.example\",\"aud\":\"cms\",\"sub\":7,\"exp\":1800000100}", "another type")]
    [InlineData("{\"iss\":\"https://login.example\",\"aud\":\"cms\",\"sub\":\"\\ud800\",\"exp\":1800000100}", "another type")]
    [InlineData("{\"iss\":\"https://login.example\",\"aud\":\"cms\",\"sub\":\"anna\",\"exp\":1800000100,\"groups\":[\"a\\u0000\"]}", "groups")]
    public void Claims_that_do_not_hold_here_and_now_are_refused(string claims, string why)
    {
        var (token, _) = JsonWebToken.Parse(TokenMaker.Sign(TokenMaker.Header("RS256"), claims, TokenMaker.Rs256(_rsa)));
        Assert.Contains(why, ClaimCheck.Check(token!.Claims, Settings(), Now).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"iss\":\"https://login.example\",\"aud\":[\"other\",\"cms\"],\"sub\":\"anna\",\"exp\":1799999941}")]
    [InlineData("{\"iss\":\"https://login.example\",\"aud\":\"cms\",\"sub\":\"anna\",\"exp\":1800000100.5,\"nbf\":1800000060,\"iat\":1800000060}")]
    public void Clocks_may_differ_by_what_is_allowed(string claims)
    {
        var (token, _) = JsonWebToken.Parse(TokenMaker.Sign(TokenMaker.Header("RS256"), claims, TokenMaker.Rs256(_rsa)));
        Assert.Null(ClaimCheck.Check(token!.Claims, Settings(), Now).Problem);
    }

    [Fact]
    public void Groups_are_read_from_the_claim_that_is_named()
    {
        var (token, _) = JsonWebToken.Parse(TokenMaker.Sign(TokenMaker.Header("RS256"), Claims(more: ",\"groups\":[\"ops\",\"dev\"],\"roles\":[\"root\"]"), TokenMaker.Rs256(_rsa)));
        Assert.Equal(["ops", "dev"], ClaimCheck.Check(token!.Claims, Settings(), Now).Claims!.Groups);
        Assert.Empty(ClaimCheck.Check(token.Claims, Settings() with { GroupsClaim = null }, Now).Claims!.Groups);
    }

    [Fact]
    public void Random_and_broken_tokens_are_refused_and_nothing_worse()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var good = TokenMaker.Sign(TokenMaker.Header("ES256", "k"), Claims(), TokenMaker.Es256(_elliptic));
        var key = new EllipticKey("k", _elliptic.ExportParameters(false));
        for (var run = 0; run < 3000; run++)
        {
            var letters = good.ToCharArray();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                letters[random.Next(letters.Length)] = (char)(random.Next(4) == 0 ? random.Next(0x250) : "ABCxyz019-_.= {}\""[random.Next(17)]);
            }

            var text = new string(letters);
            var (token, problem) = JsonWebToken.Parse(text);
            Assert.True(token is null != problem is null, $"seed {seed}: {text}");
            var holds = token is not null && key.Verify(SignatureAlgorithm.Es256, token.Signed.Span, token.Signature.Span) && ClaimCheck.Check(token.Claims, Settings(), Now).Problem is null;
            Assert.True(!holds || text == good, $"seed {seed}: {text}");
        }
    }

    [Fact]
    public void Of_a_published_set_only_keys_that_are_fit_are_taken()
    {
        using var weak = RSA.Create(1024);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var point = _elliptic.ExportParameters(false).Q;
        var set = TokenMaker.Set(
            TokenMaker.Publish(_rsa, "good"),
            TokenMaker.Publish(weak, "weak"),
            TokenMaker.Publish(_rsa, "encrypts", ",\"use\":\"enc\""),
            TokenMaker.Publish(_rsa, "foreign", ",\"alg\":\"RS512\""),
            TokenMaker.Publish(_rsa, "confused", ",\"alg\":\"HS256\""),
            TokenMaker.Publish(_elliptic, "curve", ",\"alg\":\"ES256\",\"use\":\"sig\""),
            TokenMaker.Publish(other, "p384"),
            $"{{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"off\",\"x\":\"{TokenMaker.Encode(point.Y)}\",\"y\":\"{TokenMaker.Encode(point.X)}\"}}",
            $"{{\"kty\":\"oct\",\"kid\":\"secret\",\"k\":\"{TokenMaker.Encode(_secret)}\"}}",
            "{\"kty\":\"RSA\",\"kid\":\"empty\",\"n\":\"\",\"e\":\"\"}",
            "{\"kid\":\"nothing\"}");
        Assert.Equal(["good", "curve"], KeySetReader.Read(Encoding.UTF8.GetBytes(set)).Select(key => key.Id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"keys\":{}}")]
    [InlineData("{\"keys\":[1]}")]
    [InlineData("{\"keys\":[],\"keys\":[]}")]
    public void What_is_no_set_of_keys_is_refused(string json) =>
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => KeySetReader.Read(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public async Task A_file_that_holds_a_public_key_is_never_taken_for_a_secret()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, _rsa.ExportSubjectPublicKeyInfoPem(), TestContext.Current.CancellationToken);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Assert.Contains("PEM", (await RefusedAsync(new KeyOrigin.SecretFile(path))).Message, StringComparison.Ordinal);
            using (var keys = new KeyFileSource(new KeyOrigin.PublicKeyFile(path)))
            {
                Assert.IsType<RsaKey>(Assert.Single(await keys.FetchAsync(TestContext.Current.CancellationToken)));
            }

            await File.WriteAllTextAsync(path, new string('s', 31) + "\n", TestContext.Current.CancellationToken);
            Assert.Contains("32 bytes", (await RefusedAsync(new KeyOrigin.SecretFile(path))).Message, StringComparison.Ordinal);
            await File.WriteAllTextAsync(path, new string('s', 32) + "\n", TestContext.Current.CancellationToken);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
            Assert.Contains("everybody", (await RefusedAsync(new KeyOrigin.SecretFile(path))).Message, StringComparison.Ordinal);
            await RefusedAsync(new KeyOrigin.PublicKeyFile(path));
        }
        finally
        {
            File.Delete(path);
        }

        static async Task<KeySourceException> RefusedAsync(KeyOrigin origin)
        {
            using var source = new KeyFileSource(origin);
            return await Assert.ThrowsAsync<KeySourceException>(() => source.FetchAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Made_up_names_of_keys_cause_one_fetch_in_a_while_and_keys_outlive_their_issuer_for_a_day()
    {
        var clock = new SetBootClock();
        var source = new CountingSource { Keys = [new RsaKey("first", null, _rsa.ExportParameters(false))] };
        using var keys = new IssuerKeys(source, clock, _ => { });
        Assert.NotNull((await FindAsync("first")).Key);
        Assert.Equal(1, source.Fetches);
        for (var attempt = 0; attempt < 10; attempt++)
        {
            Assert.Equal((null, true), await FindAsync($"made up {attempt}"));
        }

        Assert.Equal(2, source.Fetches);
        source.Keys = [new RsaKey("second", null, _rsa.ExportParameters(false))];
        Assert.Null((await FindAsync("second")).Key);
        clock.Advance(IssuerKeys.Pause);
        Assert.NotNull((await FindAsync("second")).Key);
        Assert.Null((await FindAsync("first")).Key);
        Assert.Equal(3, source.Fetches);

        source.Keys = null;
        clock.Advance(TimeSpan.FromHours(23));
        Assert.NotNull((await FindAsync("second")).Key);
        clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal((null, false), await FindAsync("second"));
        source.Keys = [new RsaKey("third", null, _rsa.ExportParameters(false))];
        Assert.Equal((null, false), await FindAsync("third"));
        clock.Advance(IssuerKeys.Pause);
        Assert.NotNull((await FindAsync("third")).Key);

        ValueTask<(VerificationKey? Key, bool AreKnown)> FindAsync(string id) => keys.FindAsync(id, SignatureAlgorithm.Rs256, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_token_that_names_no_key_means_the_only_one()
    {
        var source = new CountingSource { Keys = [new RsaKey("a", null, _rsa.ExportParameters(false)), new EllipticKey("b", _elliptic.ExportParameters(false))] };
        using var keys = new IssuerKeys(source, new SetBootClock(), _ => { });
        Assert.Equal("a", (await keys.FindAsync(null, SignatureAlgorithm.Rs256, TestContext.Current.CancellationToken)).Key!.Id);
        source.Keys = [new RsaKey("a", null, _rsa.ExportParameters(false)), new RsaKey("c", null, _rsa.ExportParameters(false))];
        using var two = new IssuerKeys(source, new SetBootClock(), _ => { });
        Assert.Null((await two.FindAsync(null, SignatureAlgorithm.Rs256, TestContext.Current.CancellationToken)).Key);
    }

    private static string Claims(string subject = "anna", string more = "") => TokenMaker.Claims(Issuer, "cms", Now.AddMinutes(5), subject, more);

    private static IssuerSettings Settings() => new()
    {
        Name = "corp",
        Issuer = Issuer,
        Audiences = new HashSet<string> { "cms" },
        Algorithms = new HashSet<SignatureAlgorithm> { SignatureAlgorithm.Rs256 },
        Keys = new KeyOrigin.Published(null, null),
        GroupsClaim = "groups",
    };

    private VerificationKey[] Keys() =>
    [
        new RsaKey(null, null, _rsa.ExportParameters(false)), new EllipticKey(null, _elliptic.ExportParameters(false)), new SharedKey(null, _secret),
    ];

    private sealed class CountingSource : IKeySource
    {
        public IReadOnlyList<VerificationKey>? Keys { get; set; }

        public int Fetches { get; private set; }

        public TimeSpan Freshness => TimeSpan.FromHours(1);

        public Task<IReadOnlyList<VerificationKey>> FetchAsync(CancellationToken cancellation)
        {
            Fetches++;
            return Keys is null ? Task.FromException<IReadOnlyList<VerificationKey>>(new KeySourceException("away")) : Task.FromResult(Keys);
        }

        public void Dispose()
        {
            // It holds nothing.
        }
    }
}
