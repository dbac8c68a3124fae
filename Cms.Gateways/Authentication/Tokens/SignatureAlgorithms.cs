namespace Cms.Gateways.Authentication.Tokens;

/// <summary>The names of the algorithms, as tokens and settings write them.</summary>
internal static class SignatureAlgorithms
{
    /// <summary>Every name with its algorithm.</summary>
    public static readonly IReadOnlyList<(string Name, SignatureAlgorithm Algorithm)> All =
    [
        ("HS256", SignatureAlgorithm.Hs256),
        ("RS256", SignatureAlgorithm.Rs256),
        ("PS256", SignatureAlgorithm.Ps256),
        ("ES256", SignatureAlgorithm.Es256),
    ];

    /// <summary>The algorithm of a name, which is written exactly so; null when there is none.</summary>
    public static SignatureAlgorithm? Find(string name)
    {
        foreach (var each in All)
        {
            if (each.Name == name)
            {
                return each.Algorithm;
            }
        }

        return null;
    }
}
