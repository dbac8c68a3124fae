using System.Text.RegularExpressions;
using Xunit;

namespace Cms.Tests.Tidy;

public sealed partial class PublicTypeTests
{
    [Fact]
    public void Every_public_type_has_its_own_file_or_belongs_to_a_family_of_messages() => Assert.Empty(Repository.Violations(Crowded, ".cs"));

    [Theory]
    [InlineData("public class A;\npublic sealed class B;", 1)]
    [InlineData("public class A;\npublic static partial class B;", 1)]
    [InlineData("public interface IA;\npublic readonly struct B;", 1)]
    [InlineData("public class A;\npublic sealed record B;\npublic enum C;\npublic readonly record struct D;", 0)]
    [InlineData("public class A\n{\n    public class Inner;\n}", 0)]
    [InlineData("public class A;\ninternal class B;", 0)]
    public void A_crowded_file_is_found(string text, int expected) => Assert.Equal(expected, Crowded(new RepositoryFile("a.cs", text)).Count());

    // Records and enumerations are messages and names; what does something stands alone.
    private static IEnumerable<string> Crowded(RepositoryFile file) =>
        PublicActor().Matches(file.Code) is { Count: > 1 } types ? [$"{file.Path}: {string.Join(", ", types.Select(type => type.Groups["name"].Value))}"] : [];

    [GeneratedRegex(@"^public\s+((sealed|static|abstract|partial|readonly|ref|unsafe)\s+)*(class|struct|interface|delegate)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicActor();
}
