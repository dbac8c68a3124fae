using Cms.Gateways.Authentication.Sessions;
using Cms.Tests.Confirmations;
using Xunit;

namespace Cms.Tests.Authentication;

public sealed class SessionStoreTests
{
    private static readonly SessionLimits Limits = new(TimeSpan.FromMinutes(30), TimeSpan.FromHours(12));
    private readonly SetBootClock _clock = new();

    [Fact]
    public void A_session_ends_when_it_is_not_used_and_at_the_latest_after_its_time()
    {
        var store = new SessionStore(_clock, Limits);
        var (token, session) = store.TryBegin("anna", "hash")!.Value;
        _clock.Advance(Limits.Idle - TimeSpan.FromTicks(1));
        Assert.Same(session, store.Use(token));
        _clock.Advance(Limits.Idle);
        Assert.Null(store.Use(token));

        var (second, other) = store.TryBegin("anna", "hash")!.Value;
        for (var used = TimeSpan.Zero; used < Limits.Longest - TimeSpan.FromMinutes(20); used += TimeSpan.FromMinutes(20))
        {
            _clock.Advance(TimeSpan.FromMinutes(20));
            Assert.True(store.Use(other));
        }

        _clock.Advance(TimeSpan.FromMinutes(20));
        Assert.False(store.Use(other));
        Assert.Null(store.Use(second));
    }

    [Fact]
    public void A_session_that_was_ended_is_over_also_for_connections_that_know_it()
    {
        var store = new SessionStore(_clock, Limits);
        var (token, session) = store.TryBegin("anna", "hash")!.Value;
        Assert.True(store.Use(session));
        Assert.True(store.End(token));
        Assert.False(store.End(token));
        Assert.False(store.Use(session));
        Assert.Null(store.Use(token));
    }

    [Fact]
    public void Each_login_has_a_token_of_its_own_and_made_up_ones_are_none()
    {
        var store = new SessionStore(_clock, Limits);
        var tokens = Enumerable.Range(0, 50).Select(_ => store.TryBegin("anna", "hash")!.Value.Token).ToHashSet();
        Assert.Equal(50, tokens.Count);
        Assert.All(tokens, token => Assert.Matches("^cmss_[0-9a-f]{64}$", token));
        Assert.Null(store.Use(tokens.First()[..^1]));
        Assert.Null(store.Use(tokens.First() + "0"));
        Assert.Null(store.Use(SessionStore.Prefix + new string('0', 64)));
        Assert.Null(store.Use(""));
    }

    [Fact]
    public void A_user_pushes_out_no_sessions_but_his_own()
    {
        var store = new SessionStore(_clock, Limits);
        var (others, _) = store.TryBegin("berta", "hash")!.Value;
        var (first, _) = store.TryBegin("anna", "hash")!.Value;
        for (var login = 0; login < SessionStore.MostOfOneUser; login++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            Assert.NotNull(store.TryBegin("anna", "hash"));
        }

        Assert.Null(store.Use(first));
        Assert.NotNull(store.Use(others));
        Assert.Equal(SessionStore.MostOfOneUser + 1, store.Count);
    }

    [Fact]
    public void There_are_at_most_so_many_sessions_and_those_that_have_ended_make_room()
    {
        var store = new SessionStore(_clock, Limits);
        for (var user = 0; user < SessionStore.MostSessions; user++)
        {
            Assert.NotNull(store.TryBegin($"user{user}", "hash"));
        }

        Assert.Null(store.TryBegin("one more", "hash"));
        _clock.Advance(Limits.Idle);
        Assert.NotNull(store.TryBegin("one more", "hash"));
        Assert.Equal(1, store.Count);
    }
}
