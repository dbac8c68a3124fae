namespace Cms.Formats.Modules;

/// <summary>Which module: what UCI calls a package, inside a namespace.</summary>
/// <param name="Namespace">Empty on a router; applications and environments live in others.</param>
/// <param name="Name">1 to 255 bytes of 33..126 without a slash, as UCI accepts for a package.</param>
public readonly record struct ModuleName(string Namespace, string Name)
{
    /// <summary>A module of the empty namespace.</summary>
    public ModuleName(string name)
        : this("", name)
    {
    }

    /// <inheritdoc/>
    public override string ToString() => Namespace.Length == 0 ? Name : Namespace + "/" + Name;
}
