namespace Cms.Cli.Catalogue;

/// <summary>What a command is about; the overview of all commands is in this order.</summary>
internal enum CommandGroup
{
    Reading,
    Staging,
    Committing,
    Transactions,
    Tables,
    History,
    Schemas,
    Transfer,
    Events,
    Node,
    Access,
    Shell,
}
