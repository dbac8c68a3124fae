using Cms.Actors.Modules;
using Cms.Formats.Access;
using Cms.Formats.Modules;
using Cms.Formats.Secrets;

namespace Cms.Actors.Secrets;

/// <summary>What a decision needs to know of a module's secrets: they are compared as whoever asks has them.</summary>
/// <param name="keys">The module's keys.</param>
/// <param name="sealedView">The module with its secrets sealed.</param>
public sealed class DecidedSecrets(ModuleKeys keys, IModuleView sealedView)
{
    /// <summary>Unseals what is given as a sealed text.</summary>
    public SecretUnsealer Unsealer => keys.Unseal;

    /// <summary>The module as its text file shows it.</summary>
    public IModuleView AsInFile => keys.ForFile(sealedView);

    /// <summary>The module with its secrets as a content from outside has them, so that what is the same there is found to be so.</summary>
    /// <param name="content">What came from outside: sealed, with <c>(secret)</c> in place of secrets, or plain.</param>
    /// <param name="plain">The module with plain secrets.</param>
    public IModuleView As(IModuleView content, IModuleView plain)
    {
        if (!keys.HasAny)
        {
            return plain;
        }

        var isSealed = false;
        foreach (var value in content.Sections().SelectMany(section => content.Options(section.Id)).Select(option => option.Value))
        {
            if (SealedText.IsRedacted(value))
            {
                return new RedactedView(sealedView);
            }

            isSealed |= SealedText.IsSealed(value);
        }

        return isSealed ? sealedView : plain;
    }

    /// <summary>The same for one who knows of some of the module only.</summary>
    internal DecidedSecrets Filtered(ModuleAccess access) => new(keys, access.FilterKnown(sealedView));

    /// <summary>A state of the past with plain secrets.</summary>
    public IModuleView Plain(IModuleView past) => keys.Unseal(past);

    /// <summary>A command to go back with the states of the past unsealed, so that what was sealed anew meanwhile is found to be the same.</summary>
    internal ModuleCommand.Revert Plain(ModuleCommand.Revert revert) =>
        revert with { Before = keys.Unseal(revert.Before), After = revert.After is { } after ? keys.Unseal(after) : null };
}
