using System.Globalization;
using Cms.Formats.Edits;
using Cms.Formats.Mapping;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Uci;
using Cms.Storage.Files;
using Cms.Storage.Journals;

namespace Cms.Actors.Modules;

/// <summary>Finds out whether a module's text file was edited by hand, and what the edit amounts to.</summary>
/// <remarks>Called by the module's shell, one call at a time.</remarks>
internal sealed class FileIntake(ModuleContext context, ModuleFile file)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private string? _refusedHash;
    private string? _refusal;
    private string? _fault;

    /// <summary>Why the file as it stands cannot be taken in, or null. It is left alone until it is mended.</summary>
    public string? Problem => _fault ?? _refusal;

    /// <summary>Whether somebody was writing the file at the last look, or there was no room to take it in.</summary>
    public bool MustBeLookedAtAgain { get; private set; }

    /// <summary>The edit that the file holds, or null when it is ours, missing, or cannot be taken in.</summary>
    public async Task<FileEdit?> FindEditAsync(IModuleView current, CancellationToken cancellation)
    {
        if (await LookAsync(cancellation) is not { } foreign)
        {
            return null;
        }

        if (foreign.Hash == _refusedHash)
        {
            return null;
        }

        try
        {
            var content = UciPackage.Parse(context.Module.Name, foreign.Text, UciReaderOptions.Default);
            var origin = new CommitOrigin("file", "file", $"{file.Path} was taken in", RequestId: null);
            return new FileEdit(foreign, new ModuleCommand.MergeFile(origin, GroundOf(current), content));
        }
        catch (UciParseException failure)
        {
            Refuse(foreign.Hash, $"{failure.Message}; mend the file");
            return null;
        }
    }

    private async Task<FileState.Foreign?> LookAsync(CancellationToken cancellation)
    {
        try
        {
            var state = await file.CheckAsync(cancellation);
            _fault = null;
            MustBeLookedAtAgain = state is FileState.BeingWritten;
            if (state is FileState.Ours or FileState.Missing)
            {
                (_refusedHash, _refusal) = (null, null);
            }

            return state as FileState.Foreign;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The module lives in the journal; it goes on without its file and says so.
            _fault = $"{file.Path} cannot be read: {failure.Message}";
            return null;
        }
    }

    /// <summary>Notes that an edit was turned down as a whole; the file is left alone until it is changed.</summary>
    public void Refuse(FileEdit edit, Refusal refusal) => Refuse(edit.File.Hash, refusal.Message);

    /// <summary>Notes that nothing could be recorded; the file is taken in as soon as that is possible.</summary>
    public void Postpone(string why) => (_fault, MustBeLookedAtAgain) = ($"{file.Path}: {why}", true);

    /// <summary>Notes that an edit was taken in; a text that lost on some path is kept beside the journal.</summary>
    public async Task AcceptAsync(FileEdit edit, IReadOnlyList<string> conflicts, IModuleView merged, CancellationToken cancellation)
    {
        (_refusedHash, _refusal) = (null, null);
        if (conflicts.Count > 0)
        {
            await KeepConflictAsync(edit, conflicts, merged.Revision, cancellation);
        }

        var shown = context.Keys.ForFile(merged);
        var isWhole = conflicts.Count == 0 && ThreeWayMerge.Plan(shown, edit.Command.Content, shown).Operations.Count == 0;
        await file.AcceptAsync(edit.File.Hash, isWhole ? merged.Revision : file.Written, cancellation);
        Log.FileTakenIn(context.Logger, context.Module.ToString(), file.Path, merged.Revision.Value);
    }

    private async Task KeepConflictAsync(FileEdit edit, IReadOnlyList<string> conflicts, Revision revision, CancellationToken cancellation)
    {
        var time = context.Clock.GetUtcNow();
        DurableDirectory.Create(context.Options.ConflictDirectory, Private);
        var name = string.Create(CultureInfo.InvariantCulture, $"{context.Module.Name}.{revision}.{edit.File.Hash[..8]}");
        var path = Path.Combine(context.Options.ConflictDirectory, name);
        DurableFile.Replace(path, stream => stream.Write(edit.File.Text));
        var paths = conflicts.Select(conflict => $"{context.Module.Name}.{conflict}").ToList();
        await context.Journal.AddConflictAsync(new FileConflict(context.Module, time, revision, paths, path), cancellation);
        Log.FileConflicted(context.Logger, context.Module.ToString(), string.Join(' ', paths), path);
    }

    private void Refuse(string hash, string why)
    {
        (_refusedHash, _refusal) = (hash, $"{file.Path}: {why}");
        Log.FileUnreadable(context.Logger, file.Path, why);
    }

    // The state that the edited text grew from: the current one, or an older one when commits were not yet written.
    private IModuleView GroundOf(IModuleView current) =>
        context.Keys.ForFile(file.Written == current.Revision ? current : SegmentRecovery.Fold(context, file.Written));
}

/// <summary>A hand edit that was found.</summary>
/// <param name="File">The text and its hash.</param>
/// <param name="Command">What it amounts to.</param>
internal sealed record FileEdit(FileState.Foreign File, ModuleCommand.MergeFile Command);
