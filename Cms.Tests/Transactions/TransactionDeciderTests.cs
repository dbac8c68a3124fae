using Cms.Actors.Modules;
using Cms.Actors.Transactions;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Transactions;

public sealed class TransactionDeciderTests
{
    private static readonly HashSet<string> Nothing = [];
    private static readonly HashSet<string> Network = ["network"];
    private static readonly Vote Repeated = new(new ModuleReply(new Revision(3), 1, null) { IsRepeated = true }, null);
    private static readonly Vote Changed = new(new ModuleReply(new Revision(5), 0, new Refusal(ErrorCode.Conflict, "the module is at revision 5")), null);

    [Fact]
    public void A_request_that_was_carried_out_is_answered_again_whatever_became_of_modules_that_it_did_not_change() =>
        Assert.Null(TransactionDecider.Decide(new Dictionary<string, Vote> { ["network"] = Repeated, ["wireless"] = Changed }, Network));

    [Fact]
    public void A_module_that_has_changed_stops_a_new_request() =>
        Assert.Equal(ErrorCode.Conflict, TransactionDecider.Decide(new Dictionary<string, Vote> { ["wireless"] = Changed }, Nothing)?.Code);

    [Fact]
    public void A_request_without_a_module_that_was_changed_under_its_id_is_another_one()
    {
        var votes = new Dictionary<string, Vote> { ["network"] = Repeated, ["wireless"] = Changed };
        Assert.Equal(ErrorCode.Conflict, TransactionDecider.Decide(votes, new HashSet<string> { "network", "dhcp" })?.Code);
        Assert.False(TransactionDecider.IsRepetition(votes, new HashSet<string> { "network", "dhcp" }));
    }
}
