using Cms.Formats.Refusals;
using Cms.Gateways.Requests;
using Xunit;

namespace Cms.Tests.Requests;

public class AccessPolicyTests
{
    [Theory]
    [InlineData(0u, 1000u, true)]
    [InlineData(1000u, 1000u, true)]
    [InlineData(1001u, 1000u, false)]
    [InlineData(1000u, 0u, false)]
    [InlineData(uint.MaxValue, 0u, false)]
    public void Only_root_and_the_user_of_the_daemon_may_use_the_node(uint caller, uint daemon, bool may)
    {
        var refusal = AccessPolicy.Check(new Caller(caller, 1), daemon);

        Assert.Equal(may, refusal is null);
        Assert.True(may || (refusal!.Code == ErrorCode.Denied && refusal.Message.Contains($"uid:{caller} ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Nobody_is_turned_away() => Assert.Equal(ErrorCode.Denied, AccessPolicy.Check(null, 0)?.Code);
}
