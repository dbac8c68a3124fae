using Cms.Client;
using Cms.Client.Wire;
using Cms.Formats.Access;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Xunit;

namespace Cms.Tests.Authentication;

/// <summary>A validator on another machine, which no process id tells from others.</summary>
public sealed class RemoteValidatorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_known_by_its_principal_and_others_wait_for_its_answer()
    {
        var (policy, deploy) = (KeyToken.Create("policy"), KeyToken.Create("deploy"));
        const string Rule = "config rule\n\toption effect 'allow'\n\tlist principal 'key:*'\n\tlist action 'read'\n\tlist action 'write'\n\tlist action 'admin'\n\tlist path '*'\n\n";
        await using var node = await TcpNode.StartPlainAsync(Key(policy) + Key(deploy) + Rule);
        await node.Node.Client.ImportAsync("net", "config interface 'lan'\n\toption mtu '1500'\n"u8.ToArray(), new ImportOptions(), Token);
        using var validator = new CmsClient(node.Address, policy.Text, null);
        using var other = new CmsClient(node.Address, deploy.Text, null);
        await using var asked = validator.ValidateAsync(new() { Name = "policy", Patterns = ["net"], DeadlineMs = 30_000 }, Token).GetAsyncEnumerator(Token);
        Assert.True(await asked.MoveNextAsync());
        Assert.Equal(WatchLine.Start, asked.Current.Kind);
        var committing = other.CommitAsync("net", Set("1400"), Token);
        var line = await NextAsync(asked);

        // The validator itself would wait for its own answer; who is on this machine, or has another key, is somebody else.
        Assert.Equal(ErrorCode.Locked, (await Assert.ThrowsAsync<RefusedException>(() => validator.CommitAsync("net", Set("1"), Token))).Refusal.Code);
        var (local, remote) = (node.Node.Client.CommitAsync("net", Set("1401"), Token), other.CommitAsync("net", Set("1402"), Token));
        await validator.AnswerAsync(line.Id!, new ValidationReply { Validator = "policy", Accept = true }, Token);
        Assert.Equal(2, (await committing).Revision);
        for (var count = 0; count < 2; count++)
        {
            await validator.AnswerAsync((await NextAsync(asked)).Id!, new ValidationReply { Validator = "policy", Accept = true }, Token);
        }

        Assert.Equal([3, 4], new[] { (await local).Revision, (await remote).Revision }.Order());
    }

    private static async Task<ValidationLine> NextAsync(IAsyncEnumerator<ValidationLine> asked)
    {
        do
        {
            Assert.True(await asked.MoveNextAsync());
        }
        while (asked.Current.Kind != ValidationLine.Validate);

        return asked.Current;
    }

    private static CommitRequest Set(string value) => new() { Operations = [new() { Op = "set", Section = "lan", Option = "mtu", Value = ConfigValue.FromText(value) }] };

    private static string Key(KeyToken token) => $"config key '{token.Name}'\n\toption hash '{SecretHash.Create(token.Text, SecretHash.LeastIterations)}'\n\n";
}
