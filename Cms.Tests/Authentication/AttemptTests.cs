using System.Net;
using Cms.Formats.Access;
using Cms.Gateways.Authentication.Attempts;
using Cms.Gateways.Requests;
using Cms.Tests.Confirmations;
using Xunit;

namespace Cms.Tests.Authentication;

public sealed class AttemptTests
{
    private readonly SetBootClock _clock = new();

    [Fact]
    public void The_first_failures_cost_nothing_and_each_further_one_doubles_the_wait_up_to_a_bound()
    {
        var ledger = new AttemptLedger(_clock);
        for (var failure = 0; failure < AttemptLedger.FreeFailures; failure++)
        {
            ledger.Fail("user:anna");
            Assert.Null(ledger.WaitOf("user:anna"));
        }

        var expected = AttemptLedger.FirstWait;
        for (var failure = 0; failure < 40; failure++)
        {
            ledger.Fail("user:anna");
            Assert.Equal(expected, ledger.WaitOf("user:anna"));
            _clock.Advance(expected);
            Assert.Null(ledger.WaitOf("user:anna"));
            expected = expected * 2 > AttemptLedger.LongestWait ? AttemptLedger.LongestWait : expected * 2;
        }

        Assert.Null(ledger.WaitOf("user:berta"));
    }

    [Fact]
    public void The_longer_wait_of_name_and_address_counts_and_success_clears_the_name_alone()
    {
        var ledger = new AttemptLedger(_clock);
        var source = From("192.0.2.7").Alone;
        for (var failure = 0; failure < AttemptLedger.FreeFailures + 1; failure++)
        {
            ledger.Fail("user:anna", source);
        }

        ledger.Fail(source);
        Assert.Equal(AttemptLedger.FirstWait * 2, ledger.WaitOf("user:anna", source));
        Assert.Equal(AttemptLedger.FirstWait, ledger.WaitOf("user:anna", null));
        ledger.Succeed("user:anna");
        Assert.Null(ledger.WaitOf("user:anna"));
        Assert.NotNull(ledger.WaitOf(source));
        _clock.Advance(AttemptLedger.Memory);
        ledger.Fail(source);
        Assert.Null(ledger.WaitOf(source));
    }

    [Fact]
    public void Addresses_of_one_network_count_as_one_and_administrators_on_the_socket_as_none()
    {
        Assert.Equal(From("2001:db8:1:2::1"), From("2001:db8:1:2:ffff::9"));
        Assert.NotEqual(From("2001:db8:1:2::1"), From("2001:db8:1:3::1"));
        Assert.Equal(From("192.0.2.7"), From("::ffff:192.0.2.7"));
        Assert.NotEqual(From("192.0.2.7").With("user:anna"), From("192.0.2.8").With("user:anna"));
        Assert.NotNull(From("192.0.2.7").Alone);
        Assert.Null(AttemptSource.Of(new Caller(new Principal("uid:0") { IsAdministrator = true }, "unix"), null).Alone);
        Assert.NotNull(AttemptSource.Of(new Caller(new Principal("uid:1000"), "unix"), null).Alone);
    }

    [Fact]
    public void The_table_is_bounded_and_forgets_who_has_failed_the_longest_ago()
    {
        var ledger = new AttemptLedger(_clock);
        Fill("first");
        Fill("second");
        for (var other = 0; other < AttemptLedger.MostEntries - 1; other++)
        {
            ledger.Fail($"other {other}");
        }

        Assert.Null(ledger.WaitOf("first"));
        Assert.NotNull(ledger.WaitOf("second"));

        void Fill(string name)
        {
            for (var failure = 0; failure <= AttemptLedger.FreeFailures; failure++)
            {
                ledger.Fail(name);
            }
        }
    }

    private static AttemptSource From(string address) => AttemptSource.Of(null, IPAddress.Parse(address));

    [Fact]
    public async Task Only_so_many_wait_for_a_slow_hash()
    {
        using var turns = new HashTurns();
        using var hold = new SemaphoreSlim(0);
        var places = Math.Max(1, Environment.ProcessorCount / 2);
        var running = Enumerable.Range(0, places).Select(_ => Task.Run(async () => await turns.RunAsync(() => Hold(hold), CancellationToken.None))).ToList();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (turns.FreePlaces > 0)
        {
            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        var waiting = Enumerable.Range(0, HashTurns.MostWaiting).Select(_ => turns.RunAsync(() => "waited", CancellationToken.None).AsTask()).ToList();
        Assert.Null(await turns.RunAsync(() => "too many", CancellationToken.None));
        hold.Release(places);
        Assert.All(await Task.WhenAll(running), each => Assert.Equal("held", each));
        Assert.All(await Task.WhenAll(waiting), each => Assert.Equal("waited", each));

        static string Hold(SemaphoreSlim hold)
        {
            hold.Wait();
            return "held";
        }
    }
}
