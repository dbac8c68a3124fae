using Cms.Actors.Modules;
using Cms.Actors.Transactions;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Transactions;

public sealed class TransactionDeciderTests
{
    private static readonly Vote Repeated = new(new ModuleReply(new Revision(3), 1, null) { IsRepeated = true }, null);
    private static readonly Vote Changed = new(new ModuleReply(new Revision(5), 0, new Refusal(ErrorCode.Conflict, "the module is at revision 5")), null);

    [Fact]
    public void A_request_that_was_carried_out_is_answered_again_though_a_module_that_was_only_read_has_changed() =>
        Assert.Null(TransactionDecider.Decide(new Dictionary<string, Vote> { ["network"] = Repeated, ["wireless"] = Changed }, new HashSet<string> { "wireless" }));

    [Fact]
    public void A_module_that_was_only_read_and_has_changed_stops_a_new_request()
    {
        var refusal = TransactionDecider.Decide(new Dictionary<string, Vote> { ["wireless"] = Changed }, new HashSet<string> { "wireless" });
        Assert.Equal(ErrorCode.Conflict, refusal?.Code);
    }

    [Fact]
    public void A_module_that_was_to_be_changed_and_refuses_stops_a_repeated_request()
    {
        var refusal = TransactionDecider.Decide(new Dictionary<string, Vote> { ["network"] = Repeated, ["wireless"] = Changed }, new HashSet<string>());
        Assert.Equal(ErrorCode.Conflict, refusal?.Code);
    }
}
