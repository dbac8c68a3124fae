using Xunit;

namespace Cms.Tests.Tidy;

public sealed class SizeTests
{
    private const int MaxFileLines = 600;
    private const int MaxFunctionLines = 70;

    [Fact]
    public void No_file_is_longer_than_600_lines() => Assert.Empty(Repository.Violations(LongFiles, ".cs", ".sh", ".c", ".h", ".py"));

    [Fact]
    public void No_function_is_longer_than_70_lines() => Assert.Empty(Repository.Violations(LongFunctions, ".cs"));

    [Fact]
    public void A_long_file_is_found()
    {
        Assert.Empty(LongFiles(new RepositoryFile("a.cs", string.Concat(Enumerable.Repeat("x\n", MaxFileLines)))));
        Assert.Single(LongFiles(new RepositoryFile("a.cs", string.Concat(Enumerable.Repeat("x\n", MaxFileLines + 1)))));
    }

    [Theory]
    [InlineData(MaxFunctionLines, 0)]
    [InlineData(MaxFunctionLines + 1, 1)]
    public void A_long_function_is_found(int lines, int expected)
    {
        var body = string.Concat(Enumerable.Repeat("        Call();\n", lines - 3));
        var source = $"namespace N;\nclass C\n{{\n    /// <summary>Does.</summary>\n    [Fact]\n    int F(int a)\n    {{\n{body}    }}\n}}\n";
        Assert.Equal(expected, LongFunctions(new RepositoryFile("a.cs", source.Replace("    [Fact]\n", "", StringComparison.Ordinal))).Count());
    }

    [Fact]
    public void Methods_constructors_operators_and_expressions_are_measured()
    {
        const string Source = """
            namespace N;
            public sealed class C<T>(int seed) : Base(seed) where T : class
            {
                private readonly int _a = Make(1);
                private static readonly Dictionary<string, int> Table = new()
                {
                    ["a"] = 1,
                };
                public int P { get; } = Make(2);
                public C() : this(1)
                {
                    Run(() => { });
                }
                public static bool operator ==(C left, C right) => left.Equals(right);
                int Sum(int a, int b = 1) => a switch
                {
                    1 => b,
                    _ => 2,
                };
                private record struct Inner
                {
                    void Do() { if (true) { } }
                }
                int _last = 1;
            }
            """;
        var functions = FunctionMeasure.Functions(CodeText.Blank(Source));
        Assert.Equal(["public C() : this(1)", "public static bool operator ==(C left, C right) => left.Equals(right);", "int Sum(int a, int b = 1) => a switch", "void Do() { if (true) { } }"], functions.Select(function => function.Signature));
        Assert.Equal([4, 1, 5, 1], functions.Select(function => function.LineCount));
        Assert.Equal([10, 14, 15, 22], functions.Select(function => function.FirstLine));
    }

    [Fact]
    public void The_functions_of_the_shell_are_found()
    {
        var found = FunctionMeasure.Functions(CodeText.Blank(Repository.Read("Cms.Actors/Modules/ModuleShell.cs"))).Select(function => function.Signature).ToList();
        Assert.Contains(found, signature => signature.Contains(" Open(", StringComparison.Ordinal));
        Assert.Contains(found, signature => signature.Contains(" CarryOutApartAsync(", StringComparison.Ordinal));
        Assert.True(found.Count > 10, string.Join('\n', found));
    }

    private static IEnumerable<string> LongFiles(RepositoryFile file) =>
        file.Text.AsSpan().Count('\n') is var lines && lines > MaxFileLines ? [$"{file.Path}: {lines} lines"] : [];

    private static IEnumerable<string> LongFunctions(RepositoryFile file) =>
        FunctionMeasure.Functions(file.Code)
            .Where(function => function.LineCount > MaxFunctionLines)
            .Select(function => $"{file.Path}:{function.FirstLine}: {function.LineCount} lines: {function.Signature}");
}
