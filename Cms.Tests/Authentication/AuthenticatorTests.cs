using Cms.Formats.Access;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Gateways.Authentication;
using Cms.Gateways.Authentication.Attempts;
using Cms.Gateways.Authentication.Credentials;
using Cms.Gateways.Authentication.Sessions;
using Cms.Gateways.Requests;
using Cms.Tests.Confirmations;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cms.Tests.Authentication;

/// <summary>Who is found by what is shown, under clocks that the test sets.</summary>
public sealed class AuthenticatorTests : IDisposable
{
    private static readonly SessionLimits Limits = new(TimeSpan.FromMinutes(30), TimeSpan.FromHours(12));

    private readonly SetBootClock _boot = new();
    private readonly JumpingClock _wall = new();
    private readonly KeyToken _deploy = KeyToken.Create("deploy");
    private readonly Authenticator _authenticator;
    private CredentialBook _book;

    public AuthenticatorTests()
    {
        var hash = SecretHash.Create(_deploy.Text, SecretHash.LeastIterations);
        _book = new CredentialBook(new Revision(1))
        {
            Keys = new Dictionary<string, KeyCredential> { ["deploy"] = new("deploy", hash) { Expires = _wall.GetUtcNow().AddHours(1), Groups = ["role:operators"] } },
            Users = new Dictionary<string, UserCredential> { ["anna"] = new("anna", SecretHash.Create("correct horse", SecretHash.LeastIterations)) },
        };
        _authenticator = new Authenticator(() => _book, Limits, new AuthenticationClocks(_boot, _wall), _ => { });
    }

    public void Dispose() => _authenticator.Dispose();

    [Fact]
    public async Task A_key_ends_at_its_time_also_on_a_connection_that_knows_it()
    {
        var connection = await ConnectAsync();
        var (first, _) = await FindAsync(_deploy.Text, connection);
        var (second, _) = await FindAsync(_deploy.Text, connection);
        Assert.Same(first, second);
        Assert.Equal(("key:deploy", false), (first!.Principal.Name, first.Principal.IsAdministrator));
        Assert.Equal(["role:operators"], first.Principal.Groups);
        _wall.Offset = TimeSpan.FromHours(1);
        var (caller, refused) = await FindAsync(_deploy.Text, connection);
        Assert.Null(caller);
        Assert.Contains("expired", refused!.Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_remembered_ends_when_the_module_says_so_and_is_let_in_while_its_name_has_to_wait()
    {
        var connection = await ConnectAsync();
        Assert.NotNull((await FindAsync(_deploy.Text, connection)).Caller);
        Finding? last = null;
        for (var attempt = 0; last?.Refusal!.Code != ErrorCode.TooManyRequests; attempt++)
        {
            Assert.True(attempt < 20);
            last = (await FindAsync(KeyToken.Create("deploy").Text, await ConnectAsync())).Refused;
        }

        Assert.True(last!.RetryAfter > TimeSpan.Zero);
        Assert.NotNull((await FindAsync(_deploy.Text, await ConnectAsync())).Caller);
        _book = _book with { Revision = new Revision(2), Keys = new Dictionary<string, KeyCredential>() };
        Assert.Null((await FindAsync(_deploy.Text, connection)).Caller);
    }

    [Fact]
    public async Task A_session_ends_on_the_boot_clock_and_with_its_user()
    {
        var connection = await ConnectAsync();
        var (user, _) = await _authenticator.CheckPasswordAsync("anna", "correct horse", AttemptSource.Of(null, null), CancellationToken.None);
        var (token, _) = _authenticator.Sessions.TryBegin("anna", user!.Password.ToString())!.Value;
        Assert.Equal("user:anna", (await FindAsync(token, connection)).Caller!.Principal.Name);
        _wall.Offset = TimeSpan.FromDays(1000);
        Assert.NotNull((await FindAsync(token, connection)).Caller);
        _boot.Advance(Limits.Idle);
        Assert.Equal(ErrorCode.Unauthenticated, (await FindAsync(token, connection)).Refused!.Refusal!.Code);

        var (next, _) = _authenticator.Sessions.TryBegin("anna", user.Password.ToString())!.Value;
        Assert.NotNull((await FindAsync(next, connection)).Caller);
        _book = _book with { Revision = new Revision(2), Users = new Dictionary<string, UserCredential> { ["anna"] = user with { IsDisabled = true } } };
        Assert.Null((await FindAsync(next, connection)).Caller);
    }

    [Fact]
    public async Task Nothing_else_makes_up_for_a_token_that_does_not_hold()
    {
        var root = new Caller(new Principal("uid:0") { IsAdministrator = true }, "unix cms[1]") { ProcessId = 1 };
        Assert.Same(root, (await FindAsync(null, await ConnectAsync(), root)).Caller);
        Assert.Null((await FindAsync("nonsense", await ConnectAsync(), root)).Caller);
        var (caller, _) = await FindAsync(_deploy.Text, await ConnectAsync(), root);
        Assert.Equal(("key:deploy", false, 1), (caller!.Principal.Name, caller.Principal.IsAdministrator, caller.ProcessId));
    }

    [Fact]
    public async Task Two_headers_are_as_bad_as_none()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = new([$"Bearer {_deploy.Text}", $"Bearer {_deploy.Text}"]);
        Assert.Null((await _authenticator.FindAsync(context, null)).Caller);
    }

    private static async Task<DefaultConnectionContext> ConnectAsync()
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        var builder = new ConnectionBuilder(services);
        ConnectionMemory.AddTo(builder);
        var connection = new DefaultConnectionContext("test");
        await builder.Build()(connection);
        return connection;
    }

    private ValueTask<(Caller? Caller, Finding? Refused)> FindAsync(string? token, DefaultConnectionContext connection, Caller? peer = null)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IConnectionItemsFeature>(connection);
        if (token is not null)
        {
            context.Request.Headers.Authorization = $"Bearer {token}";
        }

        return _authenticator.FindAsync(context, peer);
    }
}
