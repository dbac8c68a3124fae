using System.Globalization;
using Cms.Actors;
using Cms.Actors.Modules;
using Cms.Formats.Access;
using Cms.Formats.Mapping;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Segments;
using Cms.Gateways.Authentication;
using Cms.Gateways.Http;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Limits;

/// <summary>Turns away who asks faster than he may: by address before anybody has asked who he is, by principal after.</summary>
/// <remarks>
/// Any thread may call. The rules are those of the newest revision of module <c>access</c>, then the settings. Administrators on the Unix
/// socket are bound only by a rule about them.
/// </remarks>
/// <param name="node">The node.</param>
/// <param name="clock">Counts while the machine sleeps, and nobody sets it.</param>
internal sealed class RequestLimits(Node node, IBootClock clock)
{
    private const int MostBuckets = 16_384;
    private readonly TokenBuckets<ulong> _ofAddresses = new(MostBuckets);
    private readonly TokenBuckets<string> _ofPrincipals = new(MostBuckets);
    private readonly RateLimit _addressDefault = new(node.Options.Door.AddressRate, node.Options.Door.AddressBurst);
    private readonly RateLimit _principalDefault = new(node.Options.Door.PrincipalRate, node.Options.Door.PrincipalBurst);
    private volatile Known _known = new(Revision.None, LimitRules.None);
    private ModuleActor? _module;

    /// <summary>Has a request go on to be asked who sends it, unless too many come from its address, or its body would have to be unpacked.</summary>
    public Task GuardUnknownAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers.ContentEncoding is { Count: > 0 } encoding && encoding != "identity")
        {
            return Answers.RefuseAsync(context, new Refusal(ErrorCode.InvalidArgument, "the body is encoded, and bodies are not unpacked here; send it without Content-Encoding"));
        }

        if (context.Connection.RemoteIpAddress is not { } address)
        {
            return next(context);
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var limit = Rules.OfAddress(address) ?? _addressDefault;
        return !limit.IsBound || _ofAddresses.Find(AddressKey.Of(address), clock.Now).TryTake(limit, clock.Now, out var wait)
            ? next(context)
            : RefuseAsync(context, limit, "your address", wait);
    }

    /// <summary>Whether a request of somebody may go on; one that may not is answered.</summary>
    /// <param name="context">The request.</param>
    /// <param name="principal">Who he is; strangers, who may only log in, are counted by their addresses alone, so that none of them keeps the others out.</param>
    public ValueTask<bool> PassPrincipalAsync(HttpContext context, Principal principal)
    {
        if (Guard.IsNobody(principal))
        {
            return ValueTask.FromResult(true);
        }

        var limit = Rules.OfPrincipal(principal.Name) ?? (principal.IsAdministrator ? RateLimit.None : _principalDefault);
        return !limit.IsBound || _ofPrincipals.Find(principal.Name, clock.Now).TryTake(limit, clock.Now, out var wait)
            ? ValueTask.FromResult(true)
            : new ValueTask<bool>(StopAsync(context, limit, principal.Name, wait));
    }

    private static async Task<bool> StopAsync(HttpContext context, RateLimit limit, string who, TimeSpan wait)
    {
        await RefuseAsync(context, limit, who, wait);
        return false;
    }

    private static Task RefuseAsync(HttpContext context, RateLimit limit, string who, TimeSpan wait)
    {
        var seconds = (long)Math.Ceiling(wait.TotalSeconds);
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Answers.RefuseAsync(
            context, new Refusal(ErrorCode.TooManyRequests, $"{who} may send {limit.PerSecond} requests a second, {limit.Burst} at once; wait {seconds} s"));
    }

    private LimitRules Rules
    {
        get
        {
            var module = _module ??= node.Modules.Find(AccessScope.RulesModule);
            var known = _known;
            return module is null || module.Revision == known.Revision ? known.Rules : ReadAgain(module);
        }
    }

    // Readers of several threads read the same; which of them is kept is no matter.
    private LimitRules ReadAgain(ModuleActor module)
    {
        try
        {
            using var reader = SegmentReader.Open(Path.Combine(node.Options.SegmentDirectory, AccessScope.RulesModule + ".seg"));
            var view = reader.Snapshot();
            return (_known = new Known(view.Revision, LimitRules.Read(view, out _))).Rules;
        }
        catch (Exception unreadable) when (unreadable is SegmentException or SnapshotTooOldException or IOException)
        {
            // The module is starting again, or is written at this moment; the rules of before hold until it can be read.
            return _known.Rules;
        }
    }

    private sealed record Known(Revision Revision, LimitRules Rules);
}
