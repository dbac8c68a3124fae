using System.Globalization;
using Cms.Formats.Edits;
using Cms.Formats.Migrations;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Migrations;

public class ScriptBudgetTests
{
    private const int Steps = 5000;
    private const string Spent = "the script takes more than 5000 steps";

    // 1000 users, of which the first has a long text and the last has no name.
    private static readonly string Module = $"config user u0\n option text {new string('a', 10_000)}\n option uid 1\n"
        + string.Concat(Enumerable.Range(1, 998).Select(index => string.Create(CultureInfo.InvariantCulture, $"config user u{index}\n option uid 1\n")))
        + "config user\n option uid 1\n";

    [Theory]
    [InlineData("for-each user\ntransform @.x '{.@user[0].uid} + 1'\nend")]
    [InlineData("for-each user\ntransform @.x 'upper({.u500.uid}) . \"!\"'\nend")]
    [InlineData("for-each user where 'exists({text})'\ntransform @.x 'contains({text}, \"b\")'\nend")]
    public void What_is_found_early_or_by_name_and_is_short_costs_little(string script) => Assert.Null(Run(script));

    [Theory]
    [InlineData("for-each user\ntransform @.x '{.@user[-1].uid}'\nend")]
    [InlineData("for-each user\nif 'exists({.@user[900].none})'\nset @.x=1\nend\nend")]
    [InlineData("for-each user\ntransform .@user[-1].x '1'\nend")]
    [InlineData("for-each user\nset .@user[-1].x=1\nend")]
    [InlineData("for-each user\ntransform @.x 'length(upper({.u0.text}))'\nend")]
    [InlineData("for-each user\ntransform @.x '({.u0.text} . {.u0.text}) == \"\"'\nend")]
    [InlineData("transform .u0.x 'contains({.u0.text}, {.u0.text})'")]
    [InlineData("for-each user\nadd_list .u0.text=a\nend")]
    public void What_walks_over_sections_or_makes_long_texts_is_counted(string script)
    {
        var refusal = Run(script);

        Assert.Equal(ErrorCode.TooLarge, refusal!.Code);
        Assert.Contains(Spent, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Statements_that_find_no_section_are_counted_by_those_that_they_look_at() =>
        Assert.Contains(Spent, Run(string.Concat(Enumerable.Repeat("rename-option nobody a b\n", 100)))!.Message, StringComparison.Ordinal);

    private static Refusal? Run(string script) =>
        ScriptCases.Script(script).Run(new EditSession(ScriptCases.Parse(Module), EditLimits.Default), new ScriptBudget(Steps));
}
