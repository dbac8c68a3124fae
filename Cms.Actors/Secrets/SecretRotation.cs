using Cms.Actors.Modules;
using Cms.Formats.Refusals;
using Cms.Storage.Journals;

namespace Cms.Actors.Secrets;

/// <summary>Gives modules new data keys, has their secrets sealed anew, and destroys old keys.</summary>
/// <remarks>
/// Any thread may call. A new key is durable before anything is sealed by it, so that a rotation that was killed is finished by
/// <see cref="FinishAsync"/> at the next start: what old keys sealed is found and sealed by the newest.
/// </remarks>
public sealed class SecretRotation
{
    private readonly KeyRing _keys;
    private readonly ModuleDirectory _modules;

    internal SecretRotation(KeyRing keys, ModuleDirectory modules) => (_keys, _modules) = (keys, modules);

    /// <summary>The modules that have secrets, or had some.</summary>
    public IReadOnlyList<string> Modules => [.. _keys.Modules.Select(module => module.Name).Order(StringComparer.Ordinal)];

    /// <summary>Gives a module a new data key and seals its secrets by that. Old keys stay for the history.</summary>
    /// <param name="actor">The module.</param>
    /// <param name="origin">Who asks.</param>
    /// <exception cref="JournalException">Whether the key is durable is not known.</exception>
    public static async Task<ModuleReply> RotateAsync(ModuleActor actor, CommitOrigin origin)
    {
        if (!actor.Keys.HasAny)
        {
            return new ModuleReply(actor.Revision, 0, new Refusal(ErrorCode.NotFound, $"module {actor.Module} has no secrets"));
        }

        if ((actor.Keys.CheckAll() ?? actor.Keys.Renew() ?? await actor.Keys.TrySaveAsync(CancellationToken.None)) is { } refusal)
        {
            return new ModuleReply(actor.Revision, 0, refusal);
        }

        return await actor.AskAsync(new ModuleCommand.Reseal(origin), CancellationToken.None);
    }

    /// <summary>Seals the secrets of a module by a new key and destroys all others, so that nobody reads the secrets of its history any more.</summary>
    /// <inheritdoc cref="RotateAsync"/>
    public static async Task<ModuleReply> ShredAsync(ModuleActor actor, CommitOrigin origin)
    {
        var reply = await RotateAsync(actor, origin);
        if (reply.Refusal is null)
        {
            await actor.Keys.ForgetOldAsync();
        }

        return reply;
    }

    /// <summary>Finishes rotations that were cut short; modules without any are left alone.</summary>
    internal async Task FinishAsync()
    {
        var origin = new CommitOrigin("cmsd", "cmsd", "secrets sealed by the newest key", RequestId: null);
        foreach (var module in _keys.Rotated.Where(module => _modules.Find(module.Name) is not null))
        {
            // What is refused now, for want of the master key or of room, is tried at the next start; it is readable meanwhile.
            _ = await _modules.GetOrStart(module.Name).AskAsync(new ModuleCommand.Reseal(origin), CancellationToken.None);
        }
    }
}
