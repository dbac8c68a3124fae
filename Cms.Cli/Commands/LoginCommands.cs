using System.Globalization;
using Cms.Cli.Login;
using Cms.Cli.Texts;
using Cms.Client.Wire;
using Cms.Formats.Refusals;

namespace Cms.Cli.Commands;

/// <summary>login, logout and whoami.</summary>
internal static class LoginCommands
{
    /// <summary>Makes a password a login, whose token is kept for the commands that follow.</summary>
    public static async Task LoginAsync(CommandContext context, string? user, CancellationToken cancellation)
    {
        var request = new LoginRequest { User = user ?? Environment.UserName, Password = PasswordInput.Ask(context.Input) };
        var reply = await context.Client.LogInAsync(request, cancellation);
        new LoginFile().Set(context.NodeName, reply.Token);
        if (!context.Output.IsJson)
        {
            context.Output.WriteLine(Text.Of("login.done", reply.Principal, context.NodeName, TimeSpan.FromSeconds(reply.Seconds).TotalHours.ToString("0.#", CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>Ends the login, here and at the node.</summary>
    public static async Task LogoutAsync(CommandContext context, CancellationToken cancellation)
    {
        var logins = new LoginFile();
        if (logins.Find(context.NodeName) is null)
        {
            throw new RefusedException(ErrorCode.NotFound, Text.Of("missing.login", context.NodeName));
        }

        try
        {
            await context.Client.LogOutAsync(cancellation);
        }
        catch (RefusedException refused) when (refused.Refusal.Code == ErrorCode.Unauthenticated)
        {
            // It has ended by itself.
        }

        logins.Set(context.NodeName, null);
    }

    /// <summary>Gives the user who has logged in another password.</summary>
    public static async Task ChangePasswordAsync(CommandContext context, CancellationToken cancellation)
    {
        var old = PasswordInput.Ask(context.Input);
        await context.Client.ChangePasswordAsync(new PasswordRequest { Old = old, New = PasswordInput.AskNew(context.Input, "ask.password.new") }, cancellation);
    }

    /// <summary>Prints who the user is to the node.</summary>
    public static async Task WhoAmIAsync(CommandContext context, CancellationToken cancellation)
    {
        var reply = await context.Client.WhoAmIAsync(cancellation);
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(reply, WireJson.Default.WhoAmIReply);
            return;
        }

        context.Output.WriteLine(string.Join(' ', [reply.Principal, .. reply.Groups, .. reply.Administrator ? [Text.Of("is.administrator")] : Array.Empty<string>()]));
    }
}
