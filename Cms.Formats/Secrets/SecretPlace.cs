using System.Globalization;
using System.Text;
using Cms.Formats.Modules;

namespace Cms.Formats.Secrets;

/// <summary>Where a secret stands; sealed there, it unseals nowhere else.</summary>
/// <param name="Module">The module.</param>
/// <param name="Section">The permanent id of the section.</param>
/// <param name="Option">The option.</param>
public readonly record struct SecretPlace(ModuleName Module, SectionId Section, string Option)
{
    /// <summary>The associated data of a value that is sealed here.</summary>
    /// <param name="keyId">The key that seals it.</param>
    /// <param name="isElement">Whether it is an element of a list; elements may change places within their list.</param>
    internal byte[] ToAssociatedData(string keyId, bool isElement) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"cms-sealed:1:{keyId}\0{Module.Namespace}\0{Module.Name}\0{Section.Value}\0{Option}\0{(isElement ? "element" : "value")}"));
}
