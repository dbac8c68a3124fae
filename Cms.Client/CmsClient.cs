using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cms.Client.Watching;
using Cms.Client.Wire;
using Cms.Formats.Refusals;

namespace Cms.Client;

/// <summary>Talks to a node over its Unix socket, or over TCP to one of another machine.</summary>
/// <remarks>Any thread may call. Every method throws <see cref="RefusedException"/> for a refusal, with <see cref="ErrorCode.Unavailable"/> when no daemon answers.</remarks>
public sealed class CmsClient : IDisposable
{
    private const int PieceBytes = 64 * 1024;

    private readonly string _place;
    private readonly string? _socketPath;
    private readonly HttpClient _http;

    /// <summary>The header that says in the course of which validation a request is sent.</summary>
    public const string ValidationHeader = "Cms-Validation";

    /// <summary>The variable of the environment that a validator's command finds the validation in.</summary>
    public const string ValidationVariable = "CMS_VALIDATION";

    /// <summary>A client of the daemon behind a socket; connects when first used and keeps its connections.</summary>
    /// <param name="socketPath">The socket.</param>
    /// <param name="token">Of a key or a login, to be somebody else than the process's user; null to be that.</param>
    public CmsClient(string socketPath, string? token = null)
    {
        (_socketPath, _place) = (socketPath, $"{socketPath}; start it, or set CMS_RUN_DIRECTORY");
        _http = Create(new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false, UseCookies = false, AllowAutoRedirect = false }, new Uri("http://cms/"), token);
    }

    /// <summary>A client of a daemon that listens by TCP; connects when first used and keeps its connections.</summary>
    /// <param name="server">Such as <c>https://router:7777</c>. Plain http is for this machine.</param>
    /// <param name="token">Of a key, a login or an issuer; null to show none.</param>
    /// <param name="authorityFile">PEM file of the authorities that the daemon's certificate has to come from; null for those of the machine.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public CmsClient(Uri server, string? token, string? authorityFile)
    {
        _place = $"{server.GetLeftPart(UriPartial.Authority)}; is it the right server?";
        var handler = new SocketsHttpHandler { UseProxy = !server.IsLoopback, UseCookies = false, AllowAutoRedirect = false };
        if (authorityFile is not null)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(authorityFile);
        }

        _http = Create(handler, server, token);
    }

    /// <summary>Makes a password a login; its token is for further clients.</summary>
    public Task<LoginReply> LogInAsync(LoginRequest request, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, "login", JsonContent.Create(request, WireJson.Default.LoginRequest), WireJson.Default.LoginReply, cancellation);

    /// <summary>Ends the login whose token this client shows.</summary>
    public Task LogOutAsync(CancellationToken cancellation) => SendAsync(HttpMethod.Post, "logout", null, cancellation);

    /// <summary>Gives the user whose login this client shows another password; his other logins end.</summary>
    /// <param name="request">The passwords.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task ChangePasswordAsync(PasswordRequest request, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, "password", JsonContent.Create(request, WireJson.Default.PasswordRequest), cancellation);

    /// <summary>Who this client is to the node.</summary>
    public Task<WhoAmIReply> WhoAmIAsync(CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, "whoami", null, WireJson.Default.WhoAmIReply, cancellation);

    /// <summary>A whole module, on the caller's thread.</summary>
    /// <param name="module">The module.</param>
    /// <param name="revision">Which revision; null for the newest.</param>
    public ModuleContent Get(string module, long? revision) => Send(Of(module) + (revision is null ? "" : $"?revision={revision}"), WireJson.Default.ModuleContent);

    /// <summary>The signature of an export of a module at a revision, on the caller's thread.</summary>
    /// <param name="module">The module.</param>
    /// <param name="revision">The revision that is exported.</param>
    /// <param name="isDocument">Whether as a document; otherwise as UCI text.</param>
    /// <param name="isRevealed">Whether its secrets are in it.</param>
    public SignatureReply Sign(string module, long revision, bool isDocument, bool isRevealed) =>
        Send($"{Of(module)}/signature?revision={revision}{(isDocument ? "&document=true" : "")}{(isRevealed ? "&reveal=true" : "")}", WireJson.Default.SignatureReply);

    /// <summary>Modules in the order of their names, at most 10,000, on the caller's thread.</summary>
    /// <param name="skip">How many of the first ones are left out.</param>
    public ModulesReply Modules(int skip) => Send($"modules?skip={skip}&count=10000", WireJson.Default.ModulesReply);

    /// <summary>Carries out operations on one module, all or none; when it returns they are durable.</summary>
    public Task<CommitReply> CommitAsync(string module, CommitRequest request, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, Of(module) + "/commits", JsonContent.Create(request, WireJson.Default.CommitRequest), WireJson.Default.CommitReply, cancellation);

    /// <summary>Carries out operations on several modules, all or none; when it returns they are durable.</summary>
    public Task<TransactionCommitReply> CommitAsync(TransactionCommitRequest request, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, "commits", JsonContent.Create(request, WireJson.Default.TransactionCommitRequest), WireJson.Default.TransactionCommitReply, cancellation);

    /// <summary>Begins a transaction that stays open over several requests.</summary>
    public Task<TransactionInfo> BeginAsync(TransactionBeginRequest request, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, "transactions", JsonContent.Create(request, WireJson.Default.TransactionBeginRequest), WireJson.Default.TransactionInfo, cancellation);

    /// <summary>The open transactions.</summary>
    public Task<IReadOnlyList<TransactionInfo>> TransactionsAsync(CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, "transactions", null, WireJson.Default.IReadOnlyListTransactionInfo, cancellation);

    /// <summary>An open transaction with all that is staged.</summary>
    public Task<TransactionInfo> TransactionAsync(string transaction, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, OfTransaction(transaction), null, WireJson.Default.TransactionInfo, cancellation);

    /// <summary>A module as an open transaction sees it.</summary>
    public Task<ModuleContent> GetAsync(string transaction, string module, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, $"{OfTransaction(transaction)}/{Of(module)}", null, WireJson.Default.ModuleContent, cancellation);

    /// <summary>Stages operations in an open transaction, all or none.</summary>
    public Task<TransactionInfo> StageAsync(string transaction, string module, IReadOnlyList<WireOperation> operations, CancellationToken cancellation)
    {
        var content = JsonContent.Create(new TransactionStageRequest { Operations = operations }, WireJson.Default.TransactionStageRequest);
        return SendAsync(HttpMethod.Post, $"{OfTransaction(transaction)}/{Of(module)}/operations", content, WireJson.Default.TransactionInfo, cancellation);
    }

    /// <summary>Locks a module for an open transaction, or renews the lock.</summary>
    public Task<TransactionInfo> LockAsync(string transaction, string module, TimeSpan lease, CancellationToken cancellation) => SendAsync(
        HttpMethod.Put, $"{OfTransaction(transaction)}/locks/{Uri.EscapeDataString(module)}?seconds={(int)lease.TotalSeconds}", null, WireJson.Default.TransactionInfo, cancellation);

    /// <summary>Gives a lock back.</summary>
    public Task<TransactionInfo> UnlockAsync(string transaction, string module, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Delete, $"{OfTransaction(transaction)}/locks/{Uri.EscapeDataString(module)}", null, WireJson.Default.TransactionInfo, cancellation);

    /// <summary>Marks what is staged now.</summary>
    public Task<TransactionInfo> SetSavepointAsync(string transaction, string name, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Put, $"{OfTransaction(transaction)}/savepoints/{Uri.EscapeDataString(name)}", null, WireJson.Default.TransactionInfo, cancellation);

    /// <summary>Drops what was staged behind a savepoint.</summary>
    public Task<TransactionInfo> RollBackToAsync(string transaction, string name, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, $"{OfTransaction(transaction)}/savepoints/{Uri.EscapeDataString(name)}/rollback", null, WireJson.Default.TransactionInfo, cancellation);

    /// <summary>Commits an open transaction, all or nothing; sent again it returns the first answer.</summary>
    public Task<TransactionCommitReply> CommitTransactionAsync(string transaction, TransactionEndRequest request, CancellationToken cancellation) => SendAsync(
        HttpMethod.Post, OfTransaction(transaction) + "/commit", JsonContent.Create(request, WireJson.Default.TransactionEndRequest), WireJson.Default.TransactionCommitReply, cancellation);

    /// <summary>Ends an open transaction; nothing of it happens.</summary>
    public Task<TransactionInfo> AbortAsync(string transaction, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Delete, OfTransaction(transaction), null, WireJson.Default.TransactionInfo, cancellation);

    /// <summary>Backs up every module with its history, as of one moment.</summary>
    public Task<BackupInfo> CreateBackupAsync(BackupRequest request, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, "backups", JsonContent.Create(request, WireJson.Default.BackupRequest), WireJson.Default.BackupInfo, cancellation);

    /// <summary>The backups that are there; what they say of themselves is not checked.</summary>
    public Task<IReadOnlyList<BackupInfo>> BackupsAsync(CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, "backups", null, WireJson.Default.IReadOnlyListBackupInfo, cancellation);

    /// <summary>Has a backup read to its end and checked.</summary>
    public Task<BackupInfo> VerifyBackupAsync(string name, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, "backups/" + Uri.EscapeDataString(name), null, WireJson.Default.BackupInfo, cancellation);

    /// <summary>Has an encrypted backup read to its end and checked.</summary>
    /// <param name="name">The backup.</param>
    /// <param name="identity">The text of its identity.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<BackupInfo> VerifyBackupAsync(string name, string identity, CancellationToken cancellation)
    {
        var content = JsonContent.Create(new BackupCheckRequest { Identity = identity }, WireJson.Default.BackupCheckRequest);
        return SendAsync(HttpMethod.Post, $"backups/{Uri.EscapeDataString(name)}/verify", content, WireJson.Default.BackupInfo, cancellation);
    }

    /// <summary>Makes modules what they were, as one new commit over all of them, or changes nothing.</summary>
    public Task<TransactionCommitReply> RestoreAsync(string name, RestoreRequest request, CancellationToken cancellation)
    {
        var content = JsonContent.Create(request, WireJson.Default.RestoreRequest);
        return SendAsync(HttpMethod.Post, $"backups/{Uri.EscapeDataString(name)}/restore", content, WireJson.Default.TransactionCommitReply, cancellation);
    }

    /// <summary>Applies a delta of the uci personality; when it returns the text file holds it.</summary>
    /// <param name="module">The package.</param>
    /// <param name="delta">Delta lines.</param>
    /// <param name="requestId">The same for the same delta, so that a repetition is recognised.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<CommitReply> ApplyDeltaAsync(string module, ReadOnlyMemory<byte> delta, string requestId, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, $"{Of(module)}/delta?requestId={Uri.EscapeDataString(requestId)}", new ReadOnlyMemoryContent(delta), WireJson.Default.CommitReply, cancellation);

    /// <summary>Makes a module equal to a UCI text, or merges the text into it.</summary>
    public Task<CommitReply> ImportAsync(string module, ReadOnlyMemory<byte> text, ImportOptions options, CancellationToken cancellation)
    {
        var content = new ReadOnlyMemoryContent(text);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-uci");
        return SendAsync(HttpMethod.Put, Of(module) + QueryOf(options), content, WireJson.Default.CommitReply, cancellation);
    }

    /// <summary>Makes a module equal to a UCI text, or merges the text into it.</summary>
    /// <param name="module">The module.</param>
    /// <param name="text">Read once, from where it stands; it stays the caller's to dispose.</param>
    /// <param name="options">How it is imported.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<CommitReply> ImportTextAsync(string module, Stream text, ImportOptions options, CancellationToken cancellation)
    {
        using var content = Body(text, "application/x-uci");
        return await SendAsync(HttpMethod.Put, Of(module) + QueryOf(options), content, WireJson.Default.CommitReply, cancellation);
    }

    /// <summary>Makes all modules of a document what it says of them, or merges it into them, or changes nothing.</summary>
    /// <param name="document">JSON, see <c>docs/formats/document.md</c>; read once, from where it stands; it stays the caller's to dispose.</param>
    /// <param name="options">How it is imported.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<TransactionCommitReply> ImportDocumentAsync(Stream document, ImportOptions options, CancellationToken cancellation)
    {
        using var content = Body(document, "application/json");
        return await SendAsync(HttpMethod.Put, "modules" + QueryOf(options), content, WireJson.Default.TransactionCommitReply, cancellation);
    }

    /// <summary>Has a module keep to a schema; a module that is not there is made, empty.</summary>
    /// <param name="module">The module that the schema names.</param>
    /// <param name="text">The schema, as UCI text.</param>
    /// <param name="message">Kept with the commit; null for one that names the version.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="RefusedException">The schema is wrong, has no higher version than the one that holds, or the module is not as it says.</exception>
    public Task<CommitReply> RegisterSchemaAsync(string module, ReadOnlyMemory<byte> text, string? message, CancellationToken cancellation)
    {
        var content = new ReadOnlyMemoryContent(text);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-uci");
        return SendAsync(HttpMethod.Put, $"{Of(module)}/schema" + Query([("message", message)]), content, WireJson.Default.CommitReply, cancellation);
    }

    /// <summary>Sends operations on any modules while they are read, to be carried out in commits of many.</summary>
    /// <param name="text">Read once, from where it stands; it stays the caller's to dispose.</param>
    /// <param name="options">What the text is and how it is carried out.</param>
    /// <param name="cancellation">Ends the sending; groups that were carried out stay.</param>
    /// <returns>What is durable, and what ended the bulk before its end, if anything did.</returns>
    /// <exception cref="RefusedException">The request itself was refused, or the daemon went away.</exception>
    public async Task<BulkResult> BulkAsync(Stream text, BulkOptions options, CancellationToken cancellation)
    {
        using var content = Body(text, options.IsJson ? "application/x-ndjson" : "application/x-uci");
        var (done, problem) = await ExchangeAsync(HttpMethod.Post, "bulk" + QueryOf(options), content, WireJson.Default.BulkReply, cancellation);
        return problem is null ? new BulkResult(done!, null, null)
            : problem.Done is null ? throw new RefusedException(ToRefusal(problem))
            : new BulkResult(problem.Done, ToRefusal(problem), problem.Line);
    }

    /// <summary>How the node is doing.</summary>
    public Task<StatusReply> StatusAsync(CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, "status", null, WireJson.Default.StatusReply, cancellation);

    /// <summary>What the segments take.</summary>
    /// <param name="module">Of which module; null asks for all.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="RefusedException">There is no such module, or the daemon does not answer.</exception>
    public Task<MemoryReply> MemoryAsync(string? module, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, module is null ? "memory" : $"modules/{Uri.EscapeDataString(module)}/memory", null, WireJson.Default.MemoryReply, cancellation);

    /// <summary>The newest commits of a module, newest first.</summary>
    public Task<IReadOnlyList<HistoryEntry>> HistoryAsync(string module, int count, CancellationToken cancellation) =>
        HistoryAsync(new HistoryQuery { Module = module, Count = count }, cancellation);

    /// <summary>The newest commits, newest first.</summary>
    public Task<IReadOnlyList<HistoryEntry>> HistoryAsync(HistoryQuery query, CancellationToken cancellation)
    {
        var parameters = new (string Name, object? Value)[] { ("section", query.Section), ("option", query.Option), ("before", query.Before), ("count", query.Count) };
        var path = query.Module is { } module ? Of(module) + "/history" : "history";
        return SendAsync(HttpMethod.Get, path + Query(parameters), null, WireJson.Default.IReadOnlyListHistoryEntry, cancellation);
    }

    /// <summary>Commits of a module with their changes, oldest first.</summary>
    /// <param name="module">The module.</param>
    /// <param name="query">Which; a reply is bounded in bytes too, so go on after the last commit returned until it is the newest.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="RefusedException">The revision is not there yet (<see cref="ErrorCode.InvalidArgument"/>) or no longer kept (<see cref="ErrorCode.NotFound"/>).</exception>
    public Task<CommitsReply> CommitsAsync(string module, CommitsQuery query, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, $"{Of(module)}/commits?after={query.After}&skip={query.Skip}&count={query.Count}&old={Format(query.Old)}", null, WireJson.Default.CommitsReply, cancellation);

    /// <summary>A whole module at its newest revision.</summary>
    public Task<ModuleContent> GetAsync(string module, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, Of(module), null, WireJson.Default.ModuleContent, cancellation);

    /// <summary>A whole module as it was.</summary>
    /// <exception cref="RefusedException">The revision is not there yet (<see cref="ErrorCode.InvalidArgument"/>) or no longer kept (<see cref="ErrorCode.NotFound"/>).</exception>
    public Task<ModuleContent> GetAtAsync(string module, long revision, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, $"{Of(module)}?revision={revision}", null, WireJson.Default.ModuleContent, cancellation);

    /// <summary>A module as it was at a revision, with those of its secrets that the caller may see; that is audited.</summary>
    /// <exception cref="RefusedException">The caller may see none (<see cref="ErrorCode.Denied"/>), or the revision is not there.</exception>
    public Task<ModuleContent> RevealAsync(string module, long revision, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, $"{Of(module)}?revision={revision}&reveal=true", null, WireJson.Default.ModuleContent, cancellation);

    /// <summary>In what two revisions of a module differ.</summary>
    /// <exception cref="RefusedException">A revision is not there yet (<see cref="ErrorCode.InvalidArgument"/>) or no longer kept (<see cref="ErrorCode.NotFound"/>).</exception>
    public Task<DiffReply> DiffAsync(string module, DiffQuery query, CancellationToken cancellation)
    {
        var parameters = new (string Name, object? Value)[]
        {
            ("from", query.From), ("to", query.To), ("section", query.Section), ("option", query.Option), ("skip", query.Skip), ("count", query.Count),
        };
        return SendAsync(HttpMethod.Get, Of(module) + "/diff" + Query(parameters), null, WireJson.Default.DiffReply, cancellation);
    }

    /// <summary>The commits that wait for a confirmation, oldest first, then those whose wait has ended, newest first.</summary>
    public Task<IReadOnlyList<ConfirmationInfo>> ConfirmationsAsync(CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, "confirmations", null, WireJson.Default.IReadOnlyListConfirmationInfo, cancellation);

    /// <summary>Lets commits stand.</summary>
    /// <param name="id">Which confirmation; null for the only one that is open.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="RefusedException">There is none (<see cref="ErrorCode.NotFound"/>), or it has ended (<see cref="ErrorCode.Conflict"/>).</exception>
    public Task<ConfirmationInfo> ConfirmAsync(string? id, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, OfConfirmation(id) + "/confirm", null, WireJson.Default.ConfirmationInfo, cancellation);

    /// <summary>Has a confirmation wait some seconds from now on.</summary>
    /// <inheritdoc cref="ConfirmAsync"/>
    public Task<ConfirmationInfo> ExtendAsync(string? id, int seconds, CancellationToken cancellation)
    {
        var body = JsonContent.Create(new ExtendRequest { Seconds = seconds }, WireJson.Default.ExtendRequest);
        return SendAsync(HttpMethod.Post, OfConfirmation(id) + "/extend", body, WireJson.Default.ConfirmationInfo, cancellation);
    }

    /// <summary>Makes a module, a section or an option what it was, as a new commit.</summary>
    public Task<CommitReply> RollbackAsync(string module, RollbackRequest request, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, Of(module) + "/rollback", JsonContent.Create(request, WireJson.Default.RollbackRequest), WireJson.Default.CommitReply, cancellation);

    /// <summary>The tables of a module at its newest revision.</summary>
    public Task<TablesReply> TablesAsync(string module, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, Of(module) + "/tables", null, WireJson.Default.TablesReply, cancellation);

    /// <summary>Rows of a table at the module's newest revision.</summary>
    public Task<RowsReply> RowsAsync(string module, string table, RowsQuery query, CancellationToken cancellation)
    {
        var where = string.Concat(query.Where.Select(filter => "&where=" + Uri.EscapeDataString(filter)));
        var path = $"{Of(module)}/tables/{Uri.EscapeDataString(table)}/rows?skip={query.Skip}&count={query.Count}{where}";
        return SendAsync(HttpMethod.Get, path, null, WireJson.Default.RowsReply, cancellation);
    }

    /// <summary>Is asked before commits become durable; when the enumeration ends, what is owed counts as the default.</summary>
    /// <param name="request">What to be asked about.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Lines of the kinds start, validate and over; it ends with the connection.</returns>
    /// <exception cref="RefusedException">The request is not legal, or no daemon answers.</exception>
    public async IAsyncEnumerable<ValidationLine> ValidateAsync(ValidatorRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var patterns = string.Concat(request.Patterns.Select(pattern => "&pattern=" + Uri.EscapeDataString(pattern)));
        var path = $"validators?name={Uri.EscapeDataString(request.Name)}&deadlineMs={request.DeadlineMs}&default={(request.AcceptsByDefault ? "accept" : "reject")}{patterns}";
        await using var lines = new LineReader<ValidationLine>(await OpenAsync(HttpMethod.Get, path, null, cancellation), WireJson.Default.ValidationLine);
        while (await NextAsync(lines, cancellation) is { } line)
        {
            if (line.Kind != WatchLine.Alive)
            {
                yield return line;
            }
        }
    }

    /// <summary>Answers whether a commit may be made.</summary>
    /// <exception cref="RefusedException"><see cref="ErrorCode.NotFound"/>: it does not wait any more.</exception>
    public Task AnswerAsync(string validation, ValidationReply reply, CancellationToken cancellation) => SendAsync(
        HttpMethod.Post, "validations/" + Uri.EscapeDataString(validation), JsonContent.Create(reply, WireJson.Default.ValidationReply), cancellation);

    /// <summary>The migrations of the node's modules.</summary>
    public MigrationClient Migrations => new(this);

    /// <summary>Who did what, and who was refused what.</summary>
    public AuditClient Audit => new(this);

    /// <summary>What applications publish to each other.</summary>
    public TopicClient Topics => new(this);

    /// <summary>The keys of secrets.</summary>
    public SecretClient Secrets => new(this);

    /// <summary>Hears of commits as they are made, each once, and goes on where it was when the daemon was away.</summary>
    /// <param name="request">What is watched and from where on.</param>
    /// <param name="cancellation">Ends the watch.</param>
    /// <returns>
    /// Lines of the kinds start (again after each interruption), commit and lost; others may be added. The enumeration ends only by
    /// <paramref name="cancellation"/> or a refusal.
    /// </returns>
    /// <exception cref="RefusedException">The request is not legal, no daemon answers the first time, or the journal is another one now.</exception>
    public IAsyncEnumerable<WatchLine> WatchAsync(WatchRequest request, CancellationToken cancellation) =>
        new Watch(request, OpenWatchAsync, TimeProvider.System).ReadAllAsync(cancellation);

    /// <summary>A WebSocket for many watches, which connects when the first of them begins; the caller disposes it, before this client.</summary>
    public WatchConnection OpenWatches() => new(ConnectWatchesAsync, TimeProvider.System);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static StreamContent Body(Stream text, string type)
    {
        var content = new StreamContent(text, PieceBytes);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return content;
    }

    private static string QueryOf(ImportOptions options)
    {
        var query = $"?merge={Format(options.Merge)}&wait={Format(options.WaitForFile)}&message={Uri.EscapeDataString(options.Message)}";
        return query + (options.RequestId is { } requestId ? "&requestId=" + Uri.EscapeDataString(requestId) : "");
    }

    private static string QueryOf(BulkOptions options)
    {
        var query = $"?atomic={Format(options.IsAtomic)}&message={Uri.EscapeDataString(options.Message)}";
        query += options.Size is { } size ? $"&size={size}" : "";
        return query + (options.RequestId is { } requestId ? "&requestId=" + Uri.EscapeDataString(requestId) : "");
    }

    private static async Task<ValidationLine?> NextAsync(LineReader<ValidationLine> lines, CancellationToken cancellation)
    {
        try
        {
            return await lines.ReadAsync(cancellation) is { Kind: not WatchLine.End } line ? line : null;
        }
        catch (Exception cut) when (cut is IOException or HttpRequestException)
        {
            return null;
        }
    }

    private static string OfConfirmation(string? id) => id is null ? "confirmations" : "confirmations/" + Uri.EscapeDataString(id);

    private static string Of(string module) => "modules/" + Uri.EscapeDataString(module);

    private static string OfTransaction(string transaction) => "transactions/" + Uri.EscapeDataString(transaction);

    // What is null is left out.
    private static string Query(IEnumerable<(string Name, object? Value)> parameters) => "?" + string.Join('&', parameters
        .Where(parameter => parameter.Value is not null)
        .Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(Convert.ToString(parameter.Value, CultureInfo.InvariantCulture)!)}"));

    private static string Format(bool flag) => flag ? "true" : "false";

    private Task<Stream> OpenWatchAsync(WatchRequest request, CancellationToken cancellation) =>
        OpenAsync(HttpMethod.Post, "watch", JsonContent.Create(request, WireJson.Default.WatchRequest), cancellation);

    /// <summary>The body of an answer that goes on.</summary>
    internal async Task<Stream> OpenAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        try
        {
            // The stream ends the connection when it is disposed.
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            var body = await response.Content.ReadAsStreamAsync(cancellation);
            return response.IsSuccessStatusCode ? body : throw new RefusedException(ToRefusal(await ReadProblemAsync(response.StatusCode, body, cancellation)));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw NotAnswered(failure);
        }
    }

    private async Task<WebSocket> ConnectWatchesAsync(CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(WatchSocketRequest.Subprotocol);
        socket.Options.KeepAliveInterval = TimeSpan.FromMilliseconds(WatchRequest.DefaultHeartbeatMs);
        socket.Options.KeepAliveTimeout = TimeSpan.FromMilliseconds(2.0 * WatchRequest.DefaultHeartbeatMs);
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await socket.ConnectAsync(new UriBuilder(new Uri(_http.BaseAddress!, "ws")) { Scheme = _http.BaseAddress!.Scheme == "https" ? "wss" : "ws" }.Uri, _http, cancellation);
            return socket;
        }
        catch (WebSocketException failure)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            throw status == 0
                ? NotAnswered(failure.InnerException ?? failure)
                : new RefusedException(ErrorCodes.All.FirstOrDefault(mapping => mapping.HttpStatus == (int)status)?.Code ?? ErrorCode.Unavailable, $"cmsd does not let this caller watch by WebSocket: HTTP {(int)status}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private RefusedException NotAnswered(Exception failure) => failure is HttpRequestException { InnerException: SocketException }
        ? new RefusedException(ErrorCode.Unavailable, $"no cmsd answers at {_place}")
        : failure is HttpRequestException { InnerException: AuthenticationException }
        ? new RefusedException(ErrorCode.Unavailable, $"the certificate shown at {_place} does not hold: {failure.InnerException.Message}")
        : new RefusedException(ErrorCode.UnknownOutcome, $"cmsd went away before it answered; ask again to learn whether the request took effect ({failure.Message})");

    private static HttpClient Create(SocketsHttpHandler handler, Uri server, string? token)
    {
        var http = new HttpClient(handler) { BaseAddress = new Uri(server, "/api/v1/"), Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        if (Environment.GetEnvironmentVariable(ValidationVariable) is { Length: > 0 } validation)
        {
            http.DefaultRequestHeaders.TryAddWithoutValidation(ValidationHeader, validation);
        }

        return http;
    }

    private T Send<T>(string path, JsonTypeInfo<T> shape)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        try
        {
            using var response = _http.Send(request);
            using var body = response.Content.ReadAsStream();
            return response.IsSuccessStatusCode
                ? JsonSerializer.Deserialize(body, shape) ?? throw Unreadable(response.StatusCode)
                : throw new RefusedException(ToRefusal(JsonSerializer.Deserialize(body, WireJson.Default.Problem) ?? throw Unreadable(response.StatusCode)));
        }
        catch (JsonException)
        {
            throw new RefusedException(ErrorCode.Unavailable, $"the answer is none of cmsd's; is another program behind {_place}?");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw NotAnswered(failure);
        }
    }

    /// <summary>A request whose answer has nothing in it.</summary>
    internal async Task SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation) =>
        await (await OpenAsync(method, path, content, cancellation)).DisposeAsync();

    internal async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> shape, CancellationToken cancellation)
        where T : class
    {
        var (answer, problem) = await ExchangeAsync(method, path, content, shape, cancellation);
        return problem is null ? answer! : throw new RefusedException(ToRefusal(problem));
    }

    // One of the two is null.
    private async Task<(T? Answer, Problem? Problem)> ExchangeAsync<T>(
        HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> shape, CancellationToken cancellation)
        where T : class
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        try
        {
            using var response = await _http.SendAsync(request, cancellation);
            await using var body = await response.Content.ReadAsStreamAsync(cancellation);
            return response.IsSuccessStatusCode
                ? (await JsonSerializer.DeserializeAsync(body, shape, cancellation) ?? throw Unreadable(response.StatusCode), null)
                : (null, await ReadProblemAsync(response.StatusCode, body, cancellation));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw NotAnswered(failure);
        }
    }

    private static async Task<Problem> ReadProblemAsync(HttpStatusCode status, Stream body, CancellationToken cancellation)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(body, WireJson.Default.Problem, cancellation) ?? throw Unreadable(status);
        }
        catch (JsonException)
        {
            throw Unreadable(status);
        }
    }

    internal static Refusal ToRefusal(Problem problem) =>
        new(ErrorCodes.FromName(problem.Code) ?? ErrorCode.Unavailable, problem.Detail) { Paths = problem.Paths ?? [], Violations = problem.Violations ?? [] };

    private static RefusedException Unreadable(HttpStatusCode status) =>
        new(ErrorCode.Unavailable, $"the answer (HTTP {(int)status}) is none of cmsd's; is another program behind the socket?");

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socketPath!), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>How a text is imported.</summary>
public sealed record ImportOptions
{
    /// <summary>Whether the text is merged into the module instead of replacing it.</summary>
    public bool Merge { get; init; }

    /// <summary>Whether the reply waits until the text file holds the commit.</summary>
    public bool WaitForFile { get; init; }

    /// <summary>Kept with the commit.</summary>
    public string Message { get; init; } = "";

    /// <summary>The caller's name for the request, or null.</summary>
    public string? RequestId { get; init; }
}
