using System.CommandLine;
using System.CommandLine.Help;
using Cms.Client;

namespace Cms.Cli;

/// <summary>The options that every command takes.</summary>
internal sealed class GlobalOptions
{
    private const string RunDirectoryVariable = "CMS_RUN_DIRECTORY";
    private const string TransactionVariable = "CMS_TRANSACTION";

    private readonly Option<bool> _json = new("--json") { Recursive = true };
    private readonly Option<string?> _runDirectory = new("--run-directory") { Recursive = true };
    private readonly Option<string?> _transaction = new("--transaction") { Recursive = true };

    /// <summary>All of them.</summary>
    /// <param name="help">What prints a command's help.</param>
    public IEnumerable<Option> All(HelpAction help) => [_json, _runDirectory, _transaction, new HelpOption("--help", "-h", "-?") { Action = help }];

    /// <summary>Whether the caller wants JSON.</summary>
    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>The node that is asked for.</summary>
    public NodePaths Paths(ParseResult parsed) =>
        new(parsed.GetValue(_runDirectory) ?? Environment.GetEnvironmentVariable(RunDirectoryVariable) ?? NodePaths.DefaultRunDirectory);

    /// <summary>The open transaction to work in, or null.</summary>
    public string? Transaction(ParseResult parsed) =>
        (parsed.GetValue(_transaction) ?? Environment.GetEnvironmentVariable(TransactionVariable)) is { Length: > 0 } transaction ? transaction : null;

    /// <summary>Whether the word behind this one is its value.</summary>
    public bool TakesNext(string word) => word == _runDirectory.Name || word == _transaction.Name;
}
