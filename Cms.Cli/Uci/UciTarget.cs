using Cms.Formats.Uci;

namespace Cms.Cli.Uci;

/// <summary>What an address leads to in a package.</summary>
/// <param name="Address">The address.</param>
/// <param name="Loaded">The package.</param>
/// <param name="Section">The section meant, or null when none is or it is missing.</param>
/// <param name="Option">The option meant, or null when none is or it is missing.</param>
internal sealed record UciTarget(UciAddress Address, LoadedPackage Loaded, UciSection? Section, UciOption? Option)
{
    /// <summary>Whether everything that the address names exists.</summary>
    public bool IsComplete => (Address.Section is null || Section is not null) && (Address.Option is null || Option is not null);

    /// <summary>Looks an address up.</summary>
    /// <returns>Null, with the failure, when the section is no name and no selector.</returns>
    public static UciTarget? Find(UciAddress address, LoadedPackage loaded, out UciFailure? failure)
    {
        failure = null;
        UciSection? section = null;
        if (address.HasSelector)
        {
            if (!UciAddress.TryParseSelector(address.Section!, out var type, out var index))
            {
                failure = UciFailure.InvalidArgument;
                return null;
            }

            section = loaded.Package.Find(type, index);
        }
        else if (address.Section is { } name)
        {
            section = loaded.Package.Find(name);
        }

        return new UciTarget(address, loaded, section, address.Option is { } option ? section?.Find(option) : null);
    }

    /// <summary>The delta line that does this to the target.</summary>
    public UciDeltaLine Line(UciDeltaCommand command, ReadOnlyMemory<byte>? value) =>
        new(command, Loaded.Package.Name, Section?.Name ?? Address.Section!, Address.Option, value);
}
