using Cms.Formats.Modules;
using Cms.Formats.Statements;

namespace Cms.Cli.Commands;

/// <summary>What <c>get</c> was asked for.</summary>
/// <param name="Addresses">Of options, or of sections, whose types are their values.</param>
internal sealed record GetRequest(IReadOnlyList<Address> Addresses)
{
    /// <summary>What stands for a value that is missing; null when that is an error.</summary>
    public ConfigValue? Default { get; init; }

    /// <summary>Whether types are wanted instead of values.</summary>
    public bool WantsTypes { get; init; }

    /// <summary>Whether what is staged is left out.</summary>
    public bool IsCommitted { get; init; }

    /// <summary>Whether secrets are wanted.</summary>
    public bool Reveals { get; init; }

    /// <summary>A past revision of the module; null for now.</summary>
    public long? Revision { get; init; }
}
