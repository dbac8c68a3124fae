using System.Globalization;
using Cms.Cli.Login;
using Cms.Cli.Output;
using Cms.Cli.Texts;
using Cms.Client.Wire;
using Cms.Formats.Access;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Cli.Commands;

/// <summary>user and key: who may be let in. They are sections of the module <c>access</c>, changed by commits like all others.</summary>
/// <remarks>Secrets are made and hashed here; the node is sent the hash alone.</remarks>
internal static class CredentialCommands
{
    /// <summary>The type of the sections of users.</summary>
    public const string UserType = "user";

    /// <summary>The type of the sections of keys.</summary>
    public const string KeyType = "key";

    private const string New = "+new";

    private static readonly TextColumn[] Columns = [new("", 20) { IsElastic = true }, new("", 22), new("", 0) { IsElastic = true }];

    public static Task AddUserAsync(CommandContext context, string name, IReadOnlyList<string> roles, CancellationToken cancellation) =>
        AddAsync(context, UserType, name, [("password", HashOfNewPassword(context)), ("role", ListOf(roles))], cancellation);

    public static async Task SetPasswordAsync(CommandContext context, string name, CancellationToken cancellation)
    {
        await FindAsync(context, UserType, name, cancellation);
        await SetAsync(context, UserType, name, "password", HashOfNewPassword(context)!, cancellation);
    }

    public static async Task CreateKeyAsync(
        CommandContext context, string name, string? expires, IReadOnlyList<string> scopes, IReadOnlyList<string> roles, CancellationToken cancellation)
    {
        var token = KeyToken.Create(Checked(name));
        var ends = expires is null ? null : ConfigValue.FromText(ParseTime(expires));
        await AddAsync(context, KeyType, name, [("hash", HashOf(token.Text)), ("expires", ends), ("scope", ListOf(scopes)), ("role", ListOf(roles))], cancellation);
        PrintToken(context, token);
    }

    public static async Task RotateKeyAsync(CommandContext context, string name, CancellationToken cancellation)
    {
        await FindAsync(context, KeyType, name, cancellation);
        var token = KeyToken.Create(name);
        await SetAsync(context, KeyType, name, "hash", HashOf(token.Text), cancellation);
        PrintToken(context, token);
    }

    public static async Task RemoveAsync(CommandContext context, string type, string name, CancellationToken cancellation)
    {
        await FindAsync(context, type, name, cancellation);
        await CommitAsync(context, [new WireOperation { Op = "delete", Section = name }], $"remove {type} {name}", cancellation);
    }

    public static async Task ListAsync(CommandContext context, string type, CancellationToken cancellation)
    {
        var sections = (await ReadAsync(context, cancellation)).Where(section => section.Type == type && section.Name is not null).ToList();
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartArray();
                sections.ForEach(section => json.WriteStringValue(section.Name));
                json.WriteEndArray();
            });
            return;
        }

        var table = new TextTable(Columns);
        foreach (var section in sections)
        {
            table.Add(section.Name!, TextOf(section, "expires"), string.Join("; ", new[] { TextOf(section, "role"), TextOf(section, "scope") }.Where(text => text.Length > 0)));
        }

        table.Write(context.Output);
    }

    private static async Task AddAsync(CommandContext context, string type, string name, IReadOnlyList<(string Option, ConfigValue? Value)> options, CancellationToken cancellation)
    {
        var operations = new List<WireOperation> { new() { Op = "add", Type = type, Name = Checked(name), Key = New[1..] } };
        operations.AddRange(options.Where(option => option.Value is not null).Select(option => new WireOperation { Op = "set", Section = New, Option = option.Option, Value = option.Value }));
        await CommitAsync(context, operations, $"add {type} {name}", cancellation);
    }

    private static Task<CommitReply> SetAsync(CommandContext context, string type, string name, string option, ConfigValue value, CancellationToken cancellation) =>
        CommitAsync(context, [new WireOperation { Op = "set", Section = name, Option = option, Value = value }], $"change {option} of {type} {name}", cancellation);

    private static Task<CommitReply> CommitAsync(CommandContext context, IReadOnlyList<WireOperation> operations, string message, CancellationToken cancellation) =>
        context.Client.CommitAsync(AccessScope.RulesModule, new CommitRequest { Operations = operations, Message = message }, cancellation);

    private static async Task<IReadOnlyList<SectionReport>> ReadAsync(CommandContext context, CancellationToken cancellation)
    {
        try
        {
            return (await context.Client.GetAsync(AccessScope.RulesModule, cancellation)).Sections;
        }
        catch (RefusedException refused) when (refused.Refusal.Code == ErrorCode.NotFound)
        {
            return [];
        }
    }

    private static async Task FindAsync(CommandContext context, string type, string name, CancellationToken cancellation)
    {
        if (!(await ReadAsync(context, cancellation)).Any(section => section.Type == type && section.Name == name))
        {
            throw new RefusedException(ErrorCode.NotFound, Text.Of("missing.credential", type, name));
        }
    }

    private static string Checked(string name) => KeyToken.IsName(name)
        ? name
        : throw new RefusedException(ErrorCode.InvalidArgument, Text.Of("wrong.credential.name", name, KeyToken.MostNameCharacters));

    private static ConfigValue HashOfNewPassword(CommandContext context) => HashOf(PasswordInput.AskNew(context.Input));

    private static ConfigValue HashOf(string secret) => ConfigValue.FromText(SecretHash.Create(secret).ToString());

    private static ConfigValue? ListOf(IReadOnlyList<string> texts) => texts.Count == 0 ? null : ConfigValue.FromTexts(texts);

    private static string TextOf(SectionReport section, string option) => section.Options.TryGetValue(option, out var value) ? value.ToString() : "";

    private static string ParseTime(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : throw new RefusedException(ErrorCode.InvalidArgument, Text.Of("wrong.time", text));

    // The only moment at which anybody sees it.
    private static void PrintToken(CommandContext context, KeyToken token)
    {
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("token", token.Text);
                json.WriteEndObject();
            });
            return;
        }

        context.Output.WriteLine(token.Text);
    }
}
