using System.CommandLine;
using Cms.Cli.Commands;

namespace Cms.Cli;

/// <summary>The commands about who the user is to a node, and who may be let in: login, logout, whoami, user, key.</summary>
/// <param name="commands">Makes commands.</param>
internal sealed class LoginCommandLine(CommandFactory commands)
{
    /// <summary>Makes a password a login.</summary>
    public Command Login()
    {
        var user = new Option<string?>("--user");
        return CommandFactory.With(commands.Make("login", (context, parsed, cancellation) => LoginCommands.LoginAsync(context, parsed.GetValue(user), cancellation)), user);
    }

    /// <summary>Ends it.</summary>
    public Command Logout() => commands.Make("logout", (context, _, cancellation) => LoginCommands.LogoutAsync(context, cancellation));

    /// <summary>Who the user is to the node.</summary>
    public Command WhoAmI() => commands.Make("whoami", (context, _, cancellation) => LoginCommands.WhoAmIAsync(context, cancellation));

    /// <summary>Who logs in with a password.</summary>
    public Command User()
    {
        var roles = new Option<string[]>("--role");
        return new Command("user")
        {
            OfName("add", (context, name, parsed, cancellation) => CredentialCommands.AddUserAsync(context, name, parsed.GetValue(roles) ?? [], cancellation), roles),
            Password(),
            OfName("remove", (context, name, _, cancellation) => CredentialCommands.RemoveAsync(context, CredentialCommands.UserType, name, cancellation)),
            commands.Make("list", (context, _, cancellation) => CredentialCommands.ListAsync(context, CredentialCommands.UserType, cancellation)),
        };
    }

    // Without a name it is the user's own, for which he shows the one that holds.
    private Command Password()
    {
        var name = new Argument<string?>("name") { Arity = ArgumentArity.ZeroOrOne };
        return CommandFactory.With(
            commands.Make("password", (context, parsed, cancellation) => parsed.GetValue(name) is { } other
                ? CredentialCommands.SetPasswordAsync(context, other, cancellation)
                : LoginCommands.ChangePasswordAsync(context, cancellation)),
            name);
    }

    /// <summary>Keys of programs.</summary>
    public Command Key()
    {
        var expires = new Option<string?>("--expires");
        var scopes = new Option<string[]>("--scope");
        var roles = new Option<string[]>("--role");
        return new Command("key")
        {
            OfName(
                "create",
                (context, name, parsed, cancellation) => CredentialCommands.CreateKeyAsync(context, name, parsed.GetValue(expires), parsed.GetValue(scopes) ?? [], parsed.GetValue(roles) ?? [], cancellation),
                expires,
                scopes,
                roles),
            OfName("rotate", (context, name, _, cancellation) => CredentialCommands.RotateKeyAsync(context, name, cancellation)),
            OfName("revoke", (context, name, _, cancellation) => CredentialCommands.RemoveAsync(context, CredentialCommands.KeyType, name, cancellation)),
            commands.Make("list", (context, _, cancellation) => CredentialCommands.ListAsync(context, CredentialCommands.KeyType, cancellation)),
        };
    }

    private Command OfName(string verb, Func<CommandContext, string, ParseResult, CancellationToken, Task> act, params IReadOnlyList<Symbol> options)
    {
        var name = new Argument<string>("name");
        return CommandFactory.With(commands.Make(verb, (context, parsed, cancellation) => act(context, parsed.GetValue(name)!, parsed, cancellation)), [name, .. options]);
    }
}
