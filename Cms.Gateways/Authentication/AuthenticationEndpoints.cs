using Cms.Actors;
using Cms.Actors.Modules;
using Cms.Client.Wire;
using Cms.Formats.Access;
using Cms.Formats.Audit;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Gateways.Authentication.Attempts;
using Cms.Gateways.Authentication.Credentials;
using Cms.Gateways.Authentication.Sessions;
using Cms.Gateways.Http;
using Cms.Gateways.Http.Catalogue;
using Cms.Storage.Audit;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Authentication;

/// <summary>login, logout, whoami, and the own password.</summary>
/// <param name="node">The node.</param>
/// <param name="authenticator">Knows who is who.</param>
internal sealed class AuthenticationEndpoints(Node node, Authenticator authenticator)
{
    private const long MostLoginBytes = 8192;

    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        api.Post("/login", "Makes a password a session, whose token further requests show.", LoginAsync)
            .Takes(WireJson.Default.LoginRequest).AtMost(MostLoginBytes).Answers(WireJson.Default.LoginReply).IsForEverybody();
        api.Post("/logout", "Ends the session whose token the request shows.", LogoutAsync).AnswersNothing();
        api.Post("/password", "Gives the caller, who has logged in, another password; his other sessions end.", ChangePasswordAsync)
            .Takes(WireJson.Default.PasswordRequest).AtMost(MostLoginBytes).AnswersNothing().Refuses([.. OfLogin]).IsNotKept();
        api.Get("/whoami", "Who the caller is to the node.", WhoAmIAsync).Query(Standard.Fields).Answers(WireJson.Default.WhoAmIReply);
    }

    private static readonly ErrorCode[] OfLogin = [ErrorCode.Unauthenticated, ErrorCode.TooManyRequests, ErrorCode.Busy];

    private async Task LoginAsync(HttpContext context)
    {
        var request = await Answers.ReadAsync(context, WireJson.Default.LoginRequest);
        if (request.User.Length is 0 or > LoginRequest.MostUserCharacters || request.Password.Length is 0 or > LoginRequest.MostPasswordCharacters)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"a user has 1 to {LoginRequest.MostUserCharacters} characters and a password 1 to {LoginRequest.MostPasswordCharacters}");
        }

        var (user, refused) = await authenticator.CheckPasswordAsync(request.User, request.Password, SourceOf(context), context.RequestAborted);
        if (user is null)
        {
            await Guard.RefuseAsync(context, refused!);
            return;
        }

        // What cannot be recorded is not done.
        await AuditTrail.RecordAsync(context, new AuditEntry(AuditKinds.Login, AuditEntry.Done, $"user:{user.Name}", AuditTrail.GatewayOf(context)));
        await BeginAsync(context, user);
    }

    private Task BeginAsync(HttpContext context, UserCredential user)
    {
        var sessions = authenticator.Sessions;
        if (sessions.TryBegin(user.Name, user.Password.ToString()) is not var (token, _))
        {
            throw new RefusedException(ErrorCode.Busy, $"{SessionStore.MostSessions} are logged in, which is the most; log in later");
        }

        context.Response.Headers.CacheControl = "no-store";
        var reply = new LoginReply { Token = token, Principal = $"user:{user.Name}", IdleSeconds = (int)sessions.Limits.Idle.TotalSeconds, Seconds = (int)sessions.Limits.Longest.TotalSeconds };
        return Answers.WriteAsync(context, reply, WireJson.Default.LoginReply);
    }

    private async Task ChangePasswordAsync(HttpContext context)
    {
        var request = await Answers.ReadAsync(context, WireJson.Default.PasswordRequest);
        if (SessionOf(context) is not { } session)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, "only who has logged in has a password of his own to change; others are changed by commits of module access");
        }

        if (request.New.Length is < PasswordRequest.LeastCharacters or > LoginRequest.MostPasswordCharacters || request.Old.Length is 0 or > LoginRequest.MostPasswordCharacters)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"a password has {PasswordRequest.LeastCharacters} to {LoginRequest.MostPasswordCharacters} characters");
        }

        // Who has found a screen unlocked does not know it.
        var (user, refused) = await authenticator.CheckPasswordAsync(session.User, request.Old, SourceOf(context), context.RequestAborted);
        if (user is null)
        {
            await Guard.RefuseAsync(context, refused!);
            return;
        }

        var next = await authenticator.HashAsync(request.New, context.RequestAborted)
            ?? throw new RefusedException(ErrorCode.Busy, "too many passwords and keys wait to be looked at; ask again");
        var reply = await authenticator.Sessions.CarryOverAsync(session, next.ToString(), async () =>
        {
            var stored = await StoreAsync(context, user, next);
            return (stored, stored.Refusal is null);
        });
        if (reply.Refusal is { } refusal)
        {
            await Answers.RefuseAsync(context, refusal);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    // The one change of module access that needs no right: the rules cannot name it, and he has shown the password that he replaces.
    private Task<ModuleReply> StoreAsync(HttpContext context, UserCredential user, SecretHash next)
    {
        Refusal? IsUnchanged(IModuleView access) => CredentialReader.Read(access).Users.GetValueOrDefault(user.Name)?.Password.Equals(user.Password) == true
            ? null
            : new Refusal(ErrorCode.Conflict, "the password was changed by somebody else meanwhile; log in again");
        var origin = ModuleEndpoints.Origin(context, $"change password of user {user.Name}", requestId: null) with { Access = AccessScope.Everything };
        ModuleOperation set = new ModuleOperation.SetOption(new SectionSelector.ByName(user.Name), CredentialReader.PasswordOption, ConfigValue.FromText(next.ToString()));

        // What has begun is not given up half-way, so that this session knows which password holds.
        return node.Modules.GetOrStart(AccessScope.RulesModule).AskAsync(new ModuleCommand.Edit(origin, [set]) { Condition = IsUnchanged }, CancellationToken.None);
    }

    private static AttemptSource SourceOf(HttpContext context) => AttemptSource.Of(context.Caller(), Guard.AddressOf(context));

    private async Task LogoutAsync(HttpContext context)
    {
        if (Authenticator.TokenOf(context) is not { } token || !authenticator.Sessions.End(token))
        {
            throw new RefusedException(ErrorCode.InvalidArgument, "the request shows no token of a login, so there is nothing to end");
        }

        await AuditTrail.DoneAsync(context, AuditKinds.Logout, "");
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private Task WhoAmIAsync(HttpContext context)
    {
        var caller = context.Caller();
        return Answers.WriteAsync(
            context,
            new WhoAmIReply
            {
                Principal = caller.Principal.Name,
                Groups = caller.Principal.Groups,
                Administrator = caller.Principal.IsAdministrator,
                Gateway = caller.Gateway,
                Address = caller.Principal.Address?.ToString(),
                RemainingSeconds = SessionOf(context) is { } session ? Math.Round(authenticator.Sessions.Remaining(session).TotalSeconds, 1) : null,
            },
            WireJson.Default.WhoAmIReply);
    }

    private Session? SessionOf(HttpContext context) =>
        Authenticator.TokenOf(context) is { } token && token.StartsWith(SessionStore.Prefix, StringComparison.Ordinal) ? authenticator.Sessions.Use(token) : null;
}
