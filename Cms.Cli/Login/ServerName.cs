using Cms.Formats.Refusals;

namespace Cms.Cli.Login;

/// <summary>The node of another machine that commands are sent to.</summary>
/// <param name="Address">Where it listens: https, or http on this machine.</param>
internal sealed record ServerName(Uri Address)
{
    /// <summary>Takes an address apart.</summary>
    /// <exception cref="RefusedException">It is none, or what is sent there could be read on the way.</exception>
    public static ServerName Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { UserInfo: "", PathAndQuery: "/" }
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            ? new ServerName(address)
            : throw new RefusedException(ErrorCode.InvalidArgument, Texts.Text.Of("wrong.server", text));

    /// <summary>As logins and directories are named by it.</summary>
    public override string ToString() => Address.GetLeftPart(UriPartial.Authority);

    /// <summary>Where this user's staged changes for that node are.</summary>
    public string StateDirectory => Path.Combine(UserDirectory.Of("XDG_STATE_HOME", ".local/state"), "cms", $"{Address.Host}_{Address.Port}");
}
