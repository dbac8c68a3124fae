using System.CommandLine;
using Cms.Cli.Commands;
using Cms.Client;

namespace Cms.Cli;

/// <summary>The command <c>batch</c>: statements run one after the other here, or sent to the daemon as a bulk.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class BatchCommandLine(CommandFactory commands)
{
    private readonly Option<string?> _file = new("--file", "-f");
    private readonly Option<bool> _atomic = new("--atomic");
    private readonly Option<bool> _bulk = new("--bulk");
    private readonly Option<bool> _jsonLines = new("--json-lines");
    private readonly Option<int?> _size = new("--size");
    private readonly Option<string?> _message = new("--message", "-m");
    private readonly Option<string?> _requestId = new("--request-id");

    /// <summary>The command.</summary>
    public Command Build()
    {
        var command = commands.Make("batch", RunAsync);
        foreach (var option in new Option[] { _file, _atomic, _bulk, _jsonLines, _size, _message, _requestId })
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            var isSent = result.GetValue(_atomic) || result.GetValue(_bulk);
            if (result.GetValue(_atomic) && result.GetValue(_bulk))
            {
                result.AddError("--atomic and --bulk are two ways to commit: choose one.");
            }
            else if (result.GetValue(_size) is not null && !result.GetValue(_bulk))
            {
                result.AddError("--size goes with --bulk.");
            }
            else if (!isSent && (result.GetValue(_jsonLines) || result.GetValue(_message) is not null || result.GetValue(_requestId) is not null))
            {
                result.AddError("--json-lines, --message and --request-id go with --atomic or --bulk.");
            }
        });
        return command;
    }

    private Task<int> RunAsync(CommandContext context, ParseResult parsed, CancellationToken cancellation)
    {
        if (!parsed.GetValue(_atomic) && !parsed.GetValue(_bulk))
        {
            return BatchCommands.RunAsync(context, parsed.GetValue(_file), cancellation);
        }

        var options = new BulkOptions
        {
            IsAtomic = parsed.GetValue(_atomic),
            IsJson = parsed.GetValue(_jsonLines),
            Size = parsed.GetValue(_size),
            Message = parsed.GetValue(_message) ?? "",
            RequestId = parsed.GetValue(_requestId),
        };
        return BulkCommand.RunAsync(context, parsed.GetValue(_file), options, cancellation);
    }
}
