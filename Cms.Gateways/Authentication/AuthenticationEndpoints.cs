using Cms.Client.Wire;
using Cms.Formats.Audit;
using Cms.Formats.Refusals;
using Cms.Gateways.Authentication.Credentials;
using Cms.Gateways.Authentication.Sessions;
using Cms.Gateways.Http;
using Cms.Gateways.Http.Catalogue;
using Cms.Storage.Audit;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Authentication;

/// <summary>login, logout and whoami.</summary>
/// <param name="authenticator">Knows who is who.</param>
internal sealed class AuthenticationEndpoints(Authenticator authenticator)
{
    private const long MostLoginBytes = 8192;

    /// <summary>Describes the requests.</summary>
    public void AddTo(OperationCatalogue api)
    {
        api.Post("/login", "Makes a password a session, whose token further requests show.", LoginAsync)
            .Takes(WireJson.Default.LoginRequest).AtMost(MostLoginBytes).Answers(WireJson.Default.LoginReply).IsForEverybody();
        api.Post("/logout", "Ends the session whose token the request shows.", LogoutAsync).AnswersNothing();
        api.Get("/whoami", "Who the caller is to the node.", WhoAmIAsync).Query(Standard.Fields).Answers(WireJson.Default.WhoAmIReply);
    }

    private async Task LoginAsync(HttpContext context)
    {
        var request = await Answers.ReadAsync(context, WireJson.Default.LoginRequest);
        if (request.User.Length is 0 or > LoginRequest.MostUserCharacters || request.Password.Length is 0 or > LoginRequest.MostPasswordCharacters)
        {
            throw new RefusedException(ErrorCode.InvalidArgument, $"a user has 1 to {LoginRequest.MostUserCharacters} characters and a password 1 to {LoginRequest.MostPasswordCharacters}");
        }

        var (user, refused) = await authenticator.CheckPasswordAsync(request.User, request.Password, Guard.AddressOf(context), context.RequestAborted);
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
