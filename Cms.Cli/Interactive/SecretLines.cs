using Cms.Formats.Edits;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Segments;

namespace Cms.Cli.Interactive;

/// <summary>Tells which lines hold a secret and are not kept.</summary>
/// <param name="context">The node.</param>
internal sealed class SecretLines(CommandContext context)
{
    // Where no schema says what is secret, names do.
    private static readonly string[] SecretNames = ["password", "passwd", "passphrase", "secret", "psk", "token", "private_key", "key"];

    /// <summary>Whether a line sets an option that the module's schema, or its name, calls a secret.</summary>
    public bool IsSecret(IReadOnlyList<string> words) => words.Any(word => word.IndexOf('=', StringComparison.Ordinal) > 0 && IsSecret(word));

    private bool IsSecret(string word)
    {
        var path = word[..word.IndexOf('=', StringComparison.Ordinal)];
        var name = path[(path.LastIndexOf('.') + 1)..];
        return SecretNames.Any(secret => name.Contains(secret, StringComparison.OrdinalIgnoreCase)) || IsSecretBySchema(word);
    }

    private bool IsSecretBySchema(string word)
    {
        try
        {
            var address = Arguments.Parse(word)!;
            if (address.Option is null || !context.Modules().Contains(address.Module))
            {
                return false;
            }

            var view = context.Session(address.Module).Staged;
            return SectionLookup.Find(view, address.Selector) is { } section
                && SchemaTable.TryReadSchema(view)?.FindField(section.Type, address.Option) is { IsSecret: true };
        }
        catch (Exception failure) when (failure is RefusedException or FormatException)
        {
            // It is no address, or of a module that is not there: nothing is set by it.
            return false;
        }
        catch (Exception failure) when (failure is SegmentException or SnapshotTooOldException or IOException or UnauthorizedAccessException)
        {
            // What cannot be told is not kept.
            return true;
        }
    }
}
