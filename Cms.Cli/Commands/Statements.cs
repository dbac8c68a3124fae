using System.Text;
using Cms.Formats.Refusals;
using Cms.Formats.Statements;

namespace Cms.Cli.Commands;

/// <summary>The statements that a batch may hold; on the command line each is a command of the same name.</summary>
internal static class Statements
{
    private static readonly Dictionary<string, Statement> All = new()
    {
        ["get"] = new Statement(1, int.MaxValue, GetAsync),
        ["show"] = Optional((context, address) => ReadCommands.Show(context, address, isCommitted: false, hasDefaults: false)),
        ["list"] = Optional((context, address) => new ListCommand(context).Run(address)),
        ["set"] = One(StageCommands.Set),
        ["add_list"] = One(StageCommands.AddToList),
        ["del_list"] = One(StageCommands.RemoveFromList),
        ["delete"] = One(StageCommands.Delete),
        ["rename"] = One(StageCommands.Rename),
        ["reorder"] = One(StageCommands.Reorder),
        ["revert"] = Optional(SessionCommands.Revert),
        ["add"] = new Statement(2, 2, (context, words, _) => DoneAsync(() => StageCommands.Add(context, Text(words[0]), Text(words[1])))),
        ["table"] = new Statement(2, int.MaxValue, (context, words, _) =>
            DoneAsync(() => TableCommands.Stage(context, Text(words[0]), Text(words[1]), [.. words.Skip(2).Select(Text)]))),
        ["changes"] = new Statement(0, 1, (context, words, _) => DoneAsync(() => SessionCommands.Changes(context, words.Count == 0 ? null : Text(words[0])))),
        ["commit"] = new Statement(0, 1, (context, words, cancellation) =>
            SessionCommands.CommitAsync(context, words.Count == 0 ? null : Text(words[0]), CommitTerms.None, cancellation)),
    };

    /// <summary>Runs one statement.</summary>
    /// <param name="context">The invocation.</param>
    /// <param name="words">Its name and its arguments.</param>
    /// <param name="cancellation">Ends a wait for the daemon.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="RefusedException">It is no statement, or was refused.</exception>
    public static Task<int> RunAsync(CommandContext context, IReadOnlyList<ReadOnlyMemory<byte>> words, CancellationToken cancellation)
    {
        var name = Text(words[0]);
        if (!All.TryGetValue(name, out var statement))
        {
            throw new RefusedException(ErrorCode.InvalidArgument, Texts.Text.Of("missing.statement", name, string.Join(", ", All.Keys)));
        }

        var arguments = words.Skip(1).ToList();
        return arguments.Count >= statement.Fewest && arguments.Count <= statement.Most
            ? statement.RunAsync(context, arguments, cancellation)
            : throw new RefusedException(ErrorCode.InvalidArgument, $"'{name}' takes {statement.Fewest} to {statement.Most} arguments, not {arguments.Count}; quote a value that holds blanks");
    }

    private static async Task<int> GetAsync(CommandContext context, IReadOnlyList<ReadOnlyMemory<byte>> words, CancellationToken cancellation)
    {
        await new GetCommand(context, new GetRequest([.. words.Select(Address.Parse)])).RunAsync(cancellation);
        return ExitCodes.Success;
    }

    private static Statement One(Action<CommandContext, Address> run) =>
        new(1, 1, (context, words, _) => DoneAsync(() => run(context, Address.Parse(words[0]))));

    private static Statement Optional(Action<CommandContext, Address?> run) =>
        new(0, 1, (context, words, _) => DoneAsync(() => run(context, words.Count == 0 ? null : Address.Parse(words[0]))));

    private static Task<int> DoneAsync(Action run)
    {
        run();
        return Task.FromResult(ExitCodes.Success);
    }

    private static string Text(ReadOnlyMemory<byte> word) => Encoding.UTF8.GetString(word.Span);

    private sealed record Statement(int Fewest, int Most, Func<CommandContext, IReadOnlyList<ReadOnlyMemory<byte>>, CancellationToken, Task<int>> RunAsync);
}
