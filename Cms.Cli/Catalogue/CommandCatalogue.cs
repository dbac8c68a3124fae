namespace Cms.Cli.Catalogue;

/// <summary>All commands of <c>cms</c>, one line each.</summary>
/// <remarks>
/// A start of <c>cms</c> builds the one command that it was asked for, since building all of them takes longer than most of them run.
/// </remarks>
internal static class CommandCatalogue
{
    /// <summary>The commands, in the order of the overview.</summary>
    public static readonly IReadOnlyList<CatalogueEntry> All =
    [
        new("get", CommandGroup.Reading, commands => new GetCommandLine(commands).Get()),
        new("exists", CommandGroup.Reading, commands => new GetCommandLine(commands).Exists()),
        new("show", CommandGroup.Reading, commands => new ReadCommandLine(commands).Show()),
        new("list", CommandGroup.Reading, commands => new ListCommandLine(commands).List()),
        new("tree", CommandGroup.Reading, commands => new ListCommandLine(commands).Tree()),
        new("search", CommandGroup.Reading, commands => new SearchCommandLine(commands).Build()),
        new("set", CommandGroup.Staging, commands => new StageCommandLine(commands).Set()),
        new("add", CommandGroup.Staging, commands => new StageCommandLine(commands).Add()),
        new("add_list", CommandGroup.Staging, commands => new StageCommandLine(commands).AddToList()),
        new("del_list", CommandGroup.Staging, commands => new StageCommandLine(commands).RemoveFromList()),
        new("delete", CommandGroup.Staging, commands => new StageCommandLine(commands).Delete()),
        new("rename", CommandGroup.Staging, commands => new StageCommandLine(commands).Rename()),
        new("reorder", CommandGroup.Staging, commands => new StageCommandLine(commands).Reorder()),
        new("array", CommandGroup.Staging, commands => new ArrayCommandLine(commands).Build()),
        new("changes", CommandGroup.Committing, commands => new SessionCommandLine(commands).Changes()),
        new("revert", CommandGroup.Committing, commands => new SessionCommandLine(commands).Revert()),
        new("commit", CommandGroup.Committing, commands => new SessionCommandLine(commands).Commit()),
        new("edit", CommandGroup.Committing, commands => new EditCommandLine(commands).Build()),
        new("confirm", CommandGroup.Committing, commands => new ConfirmationCommandLine(commands).Confirm()),
        new("extend", CommandGroup.Committing, commands => new ConfirmationCommandLine(commands).Extend()),
        new("confirmations", CommandGroup.Committing, commands => new ConfirmationCommandLine(commands).List()),
        new("batch", CommandGroup.Committing, commands => new BatchCommandLine(commands).Build()),
        new("increment", CommandGroup.Committing, commands => new TransactionCommandLine(commands).Increment()),
        new("compare-and-set", CommandGroup.Committing, commands => new TransactionCommandLine(commands).CompareAndSet()),
        new("begin", CommandGroup.Transactions, commands => new TransactionCommandLine(commands).Begin()),
        new("abort", CommandGroup.Transactions, commands => new TransactionCommandLine(commands).Abort()),
        new("transaction", CommandGroup.Transactions, commands => new TransactionCommandLine(commands).Transaction()),
        new("table", CommandGroup.Tables, commands => new TableCommandLine(commands).Build()),
        new("history", CommandGroup.History, commands => new HistoryCommandLine(commands).History()),
        new("diff", CommandGroup.History, commands => new HistoryCommandLine(commands).Diff()),
        new("rollback", CommandGroup.History, commands => new HistoryCommandLine(commands).Rollback()),
        new("schema", CommandGroup.Schemas, commands => new SchemaCommandLine(commands).Build()),
        new("migrate", CommandGroup.Schemas, commands => new MigrationCommandLine(commands).Build()),
        new("validate", CommandGroup.Schemas, commands => new ValidateCommandLine(commands).Build()),
        new("export", CommandGroup.Transfer, commands => new TransferCommandLine(commands).Export()),
        new("import", CommandGroup.Transfer, commands => new TransferCommandLine(commands).Import()),
        new("apply", CommandGroup.Transfer, commands => new TransferCommandLine(commands).Apply()),
        new("backup", CommandGroup.Transfer, commands => new BackupCommandLine(commands).Build()),
        new("identity", CommandGroup.Transfer, commands => new IdentityCommandLine(commands).Build()),
        new("secret", CommandGroup.Node, commands => new SecretCommandLine(commands).Build()),
        new("watch", CommandGroup.Events, commands => new WatchCommandLine(commands).Build()),
        new("topic", CommandGroup.Events, commands => new TopicCommandLine(commands).Build()),
        new("audit", CommandGroup.Node, commands => new AuditCommandLine(commands).Build()),
        new("status", CommandGroup.Node, commands => new NodeCommandLine(commands).Status()),
        new("access", CommandGroup.Node, commands => new AccessCommandLine(commands).Build()),
        new("memory", CommandGroup.Node, commands => new NodeCommandLine(commands).Memory()),
        new("login", CommandGroup.Access, commands => new LoginCommandLine(commands).Login()),
        new("logout", CommandGroup.Access, commands => new LoginCommandLine(commands).Logout()),
        new("whoami", CommandGroup.Access, commands => new LoginCommandLine(commands).WhoAmI()),
        new("user", CommandGroup.Access, commands => new LoginCommandLine(commands).User()),
        new("key", CommandGroup.Access, commands => new LoginCommandLine(commands).Key()),
        new("help", CommandGroup.Shell, commands => new ShellCommandLine(commands).Help()),
        new("completion", CommandGroup.Shell, commands => new ShellCommandLine(commands).Completion()),
        new("complete", CommandGroup.Shell, commands => new ShellCommandLine(commands).Complete()) { IsHidden = true },
        new("man", CommandGroup.Shell, commands => new ShellCommandLine(commands).Manual()) { IsHidden = true },
    ];

    /// <summary>The command of this name, or null.</summary>
    public static CatalogueEntry? Find(string name)
    {
        foreach (var entry in All)
        {
            if (entry.Name == name)
            {
                return entry;
            }
        }

        return null;
    }
}
