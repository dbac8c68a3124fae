using Cms.Formats.Schemas;

namespace Cms.Actors.Schemas;

/// <summary>What a commit of one module says about sections of others, and takes away from them.</summary>
/// <param name="Added">The values in what it touches that name sections of other modules.</param>
/// <param name="Removed">The sections of its own module that have gone, or have another name or type.</param>
/// <param name="Needs">The other modules that have to hold still while that is checked.</param>
internal sealed record ReferenceClaims(IReadOnlyList<OutwardReference> Added, IReadOnlyList<ReferenceTarget> Removed, IReadOnlyList<string> Needs)
{
    /// <summary>No claim.</summary>
    public static readonly ReferenceClaims None = new([], [], []);
}
