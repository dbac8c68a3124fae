using System.Security.Cryptography;
using Cms.Storage.Encryption;
using Xunit;

namespace Cms.Tests.Encryption;

/// <summary>Files that are encrypted to a recipient: what was written comes back, and nothing else does.</summary>
public sealed class EncryptedFileTests
{
    private const int ChunkBytes = 64 * 1024;
    private const int TagBytes = 16;
    private const int HeaderBytes = 82;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(ChunkBytes - 1)]
    [InlineData(ChunkBytes)]
    [InlineData(ChunkBytes + 1)]
    [InlineData(3 * ChunkBytes)]
    [InlineData((3 * ChunkBytes) + 77)]
    public void What_was_encrypted_comes_back(int length)
    {
        using var identity = Identity.Create();
        var plain = Pattern(length);
        Assert.Equal(plain, Decrypt(identity, Encrypt(identity.Recipient, plain)));
    }

    [Fact]
    public void A_text_of_an_identity_or_a_recipient_reads_back()
    {
        using var identity = Identity.Create();
        using var read = Identity.Parse(identity.ToText(), "test");
        var recipient = Recipient.Parse($"# office\n{identity.Recipient.Text}\n", "test");
        Assert.Equal((identity.Recipient.Id, identity.Recipient.Id), (read.Recipient.Id, recipient.Id));
        Assert.Equal(MLKem.IsSupported, recipient.IsHybrid);
        Assert.Equal(Pattern(9), Decrypt(read, Encrypt(recipient, Pattern(9))));
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_refused()
    {
        using var identity = Identity.Parse(Vectors.Identity, "test");
        var good = Encrypt(identity.Recipient, Pattern(1000));
        for (var place = 0; place < good.Length; place++)
        {
            var bad = (byte[])good.Clone();
            bad[place] ^= (byte)(1 << (place % 8));
            AssertRefused(identity, bad, $"byte {place}");
        }
    }

    [Fact]
    public void A_file_that_is_cut_off_or_goes_on_is_refused()
    {
        using var identity = Identity.Parse(Vectors.Identity, "test");
        var small = Encrypt(identity.Recipient, Pattern(300));
        for (var length = 0; length < small.Length; length++)
        {
            AssertRefused(identity, small[..length], $"{length} bytes");
        }

        AssertRefused(identity, [.. small, 0], "a byte more");
        var large = Encrypt(identity.Recipient, Pattern(2 * ChunkBytes));
        foreach (var end in new[] { HeaderBytes + ChunkBytes + TagBytes, HeaderBytes + TagBytes, large.Length - ChunkBytes, large.Length - TagBytes, large.Length - 1 })
        {
            AssertRefused(identity, large[..end], $"{end} bytes");
        }
    }

    [Fact]
    public void Chunks_that_are_moved_repeated_or_left_out_are_refused()
    {
        using var identity = Identity.Parse(Vectors.Identity, "test");
        var file = Encrypt(identity.Recipient, Pattern((3 * ChunkBytes) + 5));
        var header = file[..HeaderBytes];
        var chunks = file[HeaderBytes..].Chunk(ChunkBytes + TagBytes).ToArray();
        Assert.Equal(4, chunks.Length);
        AssertRefused(identity, [.. header, .. chunks[1], .. chunks[0], .. chunks[2], .. chunks[3]], "moved");
        AssertRefused(identity, [.. header, .. chunks[0], .. chunks[0], .. chunks[1], .. chunks[2], .. chunks[3]], "repeated");
        AssertRefused(identity, [.. header, .. chunks[0], .. chunks[2], .. chunks[3]], "left out");
        AssertRefused(identity, [.. header, .. chunks[0], .. chunks[1], .. chunks[2]], "without the last");
        AssertRefused(identity, [.. header, .. chunks[0], .. chunks[3]], "only the ends");
        var other = Encrypt(identity.Recipient, Pattern((3 * ChunkBytes) + 5));
        AssertRefused(identity, [.. header, .. other[HeaderBytes..]], "of another file");
        Assert.Equal(Pattern((3 * ChunkBytes) + 5), Decrypt(identity, [.. header, .. chunks[0], .. chunks[1], .. chunks[2], .. chunks[3]]));
    }

    [Fact]
    public void What_was_not_completed_is_refused()
    {
        using var identity = Identity.Parse(Vectors.Identity, "test");
        using var file = new MemoryStream();
        using (var encrypted = new EncryptingStream(file, identity.Recipient))
        {
            encrypted.Write(Pattern(2 * ChunkBytes));
        }

        AssertRefused(identity, file.ToArray(), "not completed");
    }

    [Fact]
    public void Another_identity_and_a_file_that_is_not_encrypted_are_told_apart()
    {
        using var identity = Identity.Parse(Vectors.Identity, "test");
        using var other = Identity.Create();
        var file = Encrypt(other.Recipient, Pattern(5));
        Assert.Contains($"encrypted to recipient {other.Recipient.Id}, and this identity is that of {identity.Recipient.Id}", AssertRefused(identity, file, "other"), StringComparison.Ordinal);
        Assert.Contains("not encrypted by cms", AssertRefused(identity, Pattern(100), "plain"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "one line")]
    [InlineData("cms-recipient:1:", "damaged")]
    [InlineData("cms-recipient:1:####", "damaged")]
    [InlineData("cms-recipient:2:AAAA", "one line")]
    public void A_text_that_is_no_recipient_is_refused(string text, string why) =>
        Assert.Contains(why, Assert.Throws<EncryptionException>(() => Recipient.Parse(text, "test")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_misspelt_key_or_the_other_half_is_refused()
    {
        using var identity = Identity.Create();
        var text = identity.Recipient.Text;
        for (var place = "cms-recipient:1:".Length; place < text.Length; place++)
        {
            var other = text[place] == 'A' ? 'B' : 'A';
            Assert.Throws<EncryptionException>(() => Recipient.Parse(text[..place] + other + text[(place + 1)..], "test"));
            Assert.Throws<EncryptionException>(() => Recipient.Parse(text.Remove(place, 1), "test"));
        }

        Assert.Contains("secret half", Assert.Throws<EncryptionException>(() => Recipient.Parse(identity.ToText(), "test")).Message, StringComparison.Ordinal);
        Assert.Contains("only encrypt", Assert.Throws<EncryptionException>(() => Identity.Parse(text, "test")).Message, StringComparison.Ordinal);
        Assert.Contains("one line", Assert.Throws<EncryptionException>(() => Recipient.Parse($"{text}\n{text}", "test")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_point_that_is_none_of_the_curve_is_refused()
    {
        byte[] bytes = [1, 4, .. Enumerable.Repeat((byte)7, 64)];
        Assert.Contains("none of P-256", Assert.Throws<EncryptionException>(() => Recipient.Parse(KeyText.Write(KeyText.Recipient, bytes), "test")).Message, StringComparison.Ordinal);
        byte[] unknown = [9, 4, .. Enumerable.Repeat((byte)7, 64)];
        Assert.Contains("newer cmsd", Assert.Throws<EncryptionException>(() => Recipient.Parse(KeyText.Write(KeyText.Recipient, unknown), "test")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_ECDH_alone_has_the_bytes_that_it_always_had()
    {
        using var identity = Identity.Parse(Vectors.Identity, "test");
        using var once = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = Enumerable.Range(33, 32).Select(number => (byte)number).ToArray() });
        using var file = new MemoryStream();
        using (var encrypted = new EncryptingStream(file, identity.Recipient.MakeFileKey(once)))
        {
            encrypted.Write("config gate 'north'\n"u8);
            encrypted.Complete();
        }

        Assert.Equal(Vectors.File, Convert.ToHexStringLower(file.ToArray()));
        Assert.Equal("config gate 'north'\n"u8.ToArray(), Decrypt(identity, file.ToArray()));
    }

    [Fact]
    public void Both_secrets_the_header_and_the_recipient_make_the_key()
    {
        byte[] secrets = [.. Enumerable.Range(0, 64).Select(number => (byte)number)];
        var (header, recipient) = (Pattern(1170), Pattern(1250));
        var key = KeyLayout.Derive(secrets, header, recipient);
        Assert.Equal(Vectors.DerivedKey, Convert.ToHexStringLower(key));
        foreach (var changed in new[] { 0, 31, 32, 63 })
        {
            var others = (byte[])secrets.Clone();
            others[changed] ^= 1;
            Assert.NotEqual(key, KeyLayout.Derive(others, header, recipient));
        }

        Assert.NotEqual(key, KeyLayout.Derive(secrets, Pattern(1169), recipient));
        Assert.NotEqual(key, KeyLayout.Derive(secrets, header, Pattern(1249)));
    }

    [Fact]
    public void A_recipient_with_ML_KEM_is_never_encrypted_to_without()
    {
        var recipient = Recipient.Parse(Vectors.HybridRecipient, "test");
        Assert.True(recipient.IsHybrid);
        if (MLKem.IsSupported)
        {
            Assert.Equal(2, Encrypt(recipient, Pattern(5))[8]);
            return;
        }

        Assert.Contains("needs ML-KEM-768", Assert.Throws<EncryptionException>(() => Encrypt(recipient, Pattern(5))).Message, StringComparison.Ordinal);
        Assert.Contains("needs ML-KEM-768", Assert.Throws<EncryptionException>(() => Identity.Parse(Vectors.HybridIdentity, "test")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_both_reads_back_and_no_part_of_it_can_be_changed()
    {
        Assert.SkipUnless(MLKem.IsSupported, "this machine does not offer ML-KEM: it takes OpenSSL 3.5 or later");
        using var identity = Identity.Parse(Vectors.HybridIdentity, "test");
        Assert.Equal(Vectors.HybridRecipient, identity.Recipient.Text);
        var golden = Convert.FromBase64String(Vectors.HybridFile);
        Assert.Equal("config gate 'north'\n"u8.ToArray(), Decrypt(identity, golden));
        for (var place = 0; place < golden.Length; place++)
        {
            var bad = (byte[])golden.Clone();
            bad[place] ^= 0x20;
            AssertRefused(identity, bad, $"byte {place}");
            AssertRefused(identity, golden[..place], $"{place} bytes");
        }
    }

    private static byte[] Pattern(int length) => [.. Enumerable.Range(0, length).Select(number => (byte)(number * 31 / 7 % 256))];

    private static byte[] Encrypt(Recipient recipient, byte[] plain)
    {
        using var file = new MemoryStream();
        using var encrypted = new EncryptingStream(file, recipient);
        foreach (var piece in plain.Chunk(10_007))
        {
            encrypted.Write(piece);
        }

        encrypted.Complete();
        return file.ToArray();
    }

    private static byte[] Decrypt(Identity identity, byte[] file)
    {
        using var plain = new MemoryStream();
        EncryptedFile.Decrypt(new MemoryStream(file), plain, identity, "test");
        return plain.ToArray();
    }

    private static string AssertRefused(Identity identity, byte[] file, string what)
    {
        var refused = Record.Exception(() => Decrypt(identity, file));
        Assert.True(refused is EncryptionException, $"{what}: {refused}");
        return refused!.Message;
    }
}
