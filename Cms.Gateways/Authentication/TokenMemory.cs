// Invariants: a token is nowhere in here, only its HMAC under a key that never leaves the process.
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Cms.Gateways.Authentication;

/// <summary>What was found out about tokens that hold, so that the costly check is not repeated with each connection.</summary>
/// <remarks>Any thread may call. Bounded: a full table is begun anew. Who asks has to see whether what was found is still so.</remarks>
/// <typeparam name="T">What is remembered.</typeparam>
internal sealed class TokenMemory<T>
    where T : class
{
    /// <summary>The most tokens that are remembered.</summary>
    public const int MostTokens = 10_000;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);
    private readonly ConcurrentDictionary<Digest, T> _found = new();

    /// <summary>What was found out about a token, or null.</summary>
    public T? Find(string token) => _found.GetValueOrDefault(DigestOf(token));

    /// <summary>Remembers something about a token that holds.</summary>
    public void Add(string token, T found)
    {
        if (_found.Count >= MostTokens)
        {
            _found.Clear();
        }

        _found[DigestOf(token)] = found;
    }

    private Digest DigestOf(string token)
    {
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(token), digest);
        return new Digest(BitConverter.ToInt64(digest), BitConverter.ToInt64(digest[8..]), BitConverter.ToInt64(digest[16..]), BitConverter.ToInt64(digest[24..]));
    }

    private readonly record struct Digest(long First, long Second, long Third, long Fourth);
}
