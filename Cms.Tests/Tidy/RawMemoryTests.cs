using System.Text.RegularExpressions;
using Xunit;

namespace Cms.Tests.Tidy;

public sealed partial class RawMemoryTests
{
    private const string Home = "Cms.Formats/Mapping/";

    // It chooses the file that a managed package's library is loaded from; no memory is touched.
    private const string LibraryChooser = "Cms.Storage/Journals/SqliteLibrary.cs";

    [Fact]
    public void Raw_memory_and_foreign_functions_stay_in_one_folder() => Assert.Empty(Repository.Violations(RawMemory, ".cs"));

    [Fact]
    public void Unsafe_blocks_are_allowed_in_one_project() => Assert.Empty(Repository.Violations(UnsafeProjects, ".csproj", ".props"));

    [Theory]
    [InlineData("unsafe int F() => 1;")]
    [InlineData("var a = Marshal.SizeOf<int>();")]
    [InlineData("var a = MemoryMarshal.Cast<byte, int>(b);")]
    [InlineData("var a = CollectionsMarshal.AsSpan(b);")]
    [InlineData("Unsafe.As<int>(b);")]
    [InlineData("[DllImport(\"libc\")] int F();")]
    [InlineData("[LibraryImport(\"libc\")] int F();")]
    [InlineData("NativeLibrary.Load(name);")]
    public void Raw_memory_elsewhere_is_found(string text)
    {
        Assert.NotEmpty(RawMemory(new RepositoryFile("Cms.Formats/Segments/A.cs", text)));
        Assert.Empty(RawMemory(new RepositoryFile(Home + "A.cs", text)));
    }

    [Fact]
    public void The_library_chooser_may_choose_and_no_more()
    {
        Assert.Empty(RawMemory(new RepositoryFile(LibraryChooser, "NativeLibrary.Load(name);")));
        Assert.NotEmpty(RawMemory(new RepositoryFile(LibraryChooser, "Marshal.Copy(a);")));
    }

    [Fact]
    public void Unsafe_blocks_elsewhere_are_found() =>
        Assert.NotEmpty(UnsafeProjects(new RepositoryFile("Cms.Storage/Cms.Storage.csproj", "<AllowUnsafeBlocks>true</AllowUnsafeBlocks>")));

    private static IEnumerable<string> RawMemory(RepositoryFile file) =>
        file.Path.StartsWith(Home, StringComparison.Ordinal) ? []
        : file.Path == LibraryChooser ? file.Find(RawMemoryWord()).Where(found => !found.EndsWith("NativeLibrary", StringComparison.Ordinal))
        : file.Find(RawMemoryWord());

    private static IEnumerable<string> UnsafeProjects(RepositoryFile file) =>
        file.Path != "Cms.Formats/Cms.Formats.csproj" && file.Text.Contains("AllowUnsafeBlocks", StringComparison.Ordinal) ? [file.Path] : [];

    [GeneratedRegex(@"\b(unsafe|Unsafe|Marshal|MemoryMarshal|CollectionsMarshal|DllImport|LibraryImport|NativeLibrary)\b(?!\s*;)")]
    private static partial Regex RawMemoryWord();
}
