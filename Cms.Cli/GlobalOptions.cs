using System.CommandLine;
using System.CommandLine.Help;
using Cms.Cli.Login;
using Cms.Cli.Output;
using Cms.Client;

namespace Cms.Cli;

/// <summary>The options that every command takes.</summary>
internal sealed class GlobalOptions
{
    private const string RunDirectoryVariable = "CMS_RUN_DIRECTORY";
    private const string TransactionVariable = "CMS_TRANSACTION";
    private const string ServerVariable = "CMS_SERVER";

    private readonly Option<bool> _json = new("--json") { Recursive = true };
    private readonly Option<bool> _yaml = new("--yaml") { Recursive = true };
    private readonly Option<string?> _runDirectory = new("--run-directory") { Recursive = true };
    private readonly Option<string?> _server = new("--server") { Recursive = true };
    private readonly Option<string?> _transaction = new("--transaction") { Recursive = true };

    /// <summary>All of them.</summary>
    /// <param name="help">What prints a command's help.</param>
    public IEnumerable<Option> All(HelpAction help) => [_json, _yaml, _runDirectory, _server, _transaction, new HelpOption("--help", "-h", "-?") { Action = help }];

    /// <summary>How the caller wants answers.</summary>
    public OutputFormat Format(ParseResult parsed) =>
        parsed.GetValue(_yaml) ? OutputFormat.Yaml : parsed.GetValue(_json) ? OutputFormat.Json : OutputFormat.Text;

    /// <summary>The node of this machine that is asked for, or where this user's staged changes for another machine's are.</summary>
    public NodePaths Paths(ParseResult parsed) =>
        new(Server(parsed)?.StateDirectory ?? parsed.GetValue(_runDirectory) ?? RunDirectory);

    /// <summary>The node of another machine that is asked for, or null.</summary>
    /// <exception cref="Formats.Refusals.RefusedException">Its address is not legal.</exception>
    public ServerName? Server(ParseResult parsed) =>
        (parsed.GetValue(_server) ?? (parsed.GetValue(_runDirectory) is null ? Environment.GetEnvironmentVariable(ServerVariable) : null)) is { Length: > 0 } server ? ServerName.Parse(server) : null;

    /// <summary>The run directory of a command line that names none.</summary>
    public static string RunDirectory => Environment.GetEnvironmentVariable(RunDirectoryVariable) ?? NodePaths.DefaultRunDirectory;

    /// <summary>The open transaction to work in, or null.</summary>
    public string? Transaction(ParseResult parsed) =>
        (parsed.GetValue(_transaction) ?? Environment.GetEnvironmentVariable(TransactionVariable)) is { Length: > 0 } transaction ? transaction : null;

    /// <summary>Whether the word behind this one is its value.</summary>
    public bool TakesNext(string word) => word == _runDirectory.Name || word == _server.Name || word == _transaction.Name;
}
