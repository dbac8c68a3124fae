using System.Security.Cryptography;
using Cms.Cli.Editing;
using Cms.Client.Sessions;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Formats.Uci;

namespace Cms.Cli.Commands;

/// <summary>edit: opens an editor on a module's text as staged, merges what was changed into what the module is by then, and commits.</summary>
/// <remarks>
/// What is wrong is shown in the text, which is opened again; a text that is saved without a change is given up. What was staged
/// before stays staged until a commit is made. The text that the user wrote stays on disk unless it was committed.
/// </remarks>
internal sealed class EditCommand(CommandContext context, string module, CommitTerms terms)
{
    private const int KeyBytes = 4;
    private const int MaxRaces = 20;

    private IModuleView _ground = EmptyModuleView.Instance;
    private byte[] _text = [];
    private IReadOnlyList<EditComplaint> _complaints = [];
    private RefusedException? _complaint;

    /// <summary>Edits until all is well or the user gives up.</summary>
    /// <exception cref="RefusedException">The user gave up on what this says, or it cannot be mended in the text; it says where the text is.</exception>
    /// <exception cref="IOException">A file could not be read or written; it says where the text is.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var session = context.Session(module);
        _ground = session.Read(() => StoredModule.CopyOf(session.Staged));
        _text = EditedText.Write(_ground);
        var file = new PrivateFile(module);
        try
        {
            await EditAsync(file, cancellation);
        }
        catch (OperationCanceledException) when (file.Exists)
        {
            // The editor may still be open on it.
            context.Output.WriteWarning(Keep(file));
            throw;
        }
        catch (Exception) when (!file.IsEdited)
        {
            file.Remove();
            throw;
        }
        catch (RefusedException refused)
        {
            throw new RefusedException(refused.Refusal with { Message = $"{refused.Refusal.Message}; {Keep(file)}" });
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{failure.Message}; {Keep(file)}", failure);
        }

        file.Remove();
    }

    private static string Keep(PrivateFile file)
    {
        file.Keep();
        return $"your text is kept in {file.Path}";
    }

    private async Task EditAsync(PrivateFile file, CancellationToken cancellation)
    {
        while (true)
        {
            var shown = EditedText.Annotate(_text, _complaints);
            file.Write(shown);
            await TextEditor.RunAsync(file.Path, cancellation);
            var saved = file.Read();
            if (saved.AsSpan().SequenceEqual(shown))
            {
                PrintUnchanged();
                return;
            }

            _text = EditedText.Clean(saved, _complaints);
            (_complaints, _complaint) = ([], null);
            if (Parse() is { } edited && await TryCommitAsync(edited, cancellation))
            {
                return;
            }
        }
    }

    private UciPackage? Parse()
    {
        var package = UciPackage.TryParse(module, _text, UciReaderOptions.Default, _ => { }, out var error);
        if (error is not null)
        {
            Complain(new Refusal(ErrorCode.InvalidArgument, error.ToString()), [new EditComplaint(Math.Max(1, error.Line), error.ToString())]);
        }

        return package;
    }

    private async Task<bool> TryCommitAsync(UciPackage edited, CancellationToken cancellation)
    {
        for (var race = 1; ; race++)
        {
            await context.CloseAsync(module, cancellation);
            var session = context.Session(module);
            var current = session.Read(() => StoredModule.CopyOf(session.Staged));
            var plan = ThreeWayMerge.Plan(_ground, edited, current);
            if (plan.Conflicts.Count > 0)
            {
                ShowConflicts(edited, current, plan);
                return false;
            }

            if (plan.Operations.Count == 0)
            {
                PrintUnchanged();
                return true;
            }

            try
            {
                await CommitAsync(session, plan.Operations, cancellation);
                return true;
            }
            catch (RefusedException refused) when (refused.Refusal.Code == ErrorCode.Conflict && race < MaxRaces)
            {
                // Somebody was quicker; what he changed is merged as well.
            }
            catch (RefusedException refused) when (IsToBeMended(refused.Refusal.Code))
            {
                var lines = EditedText.Lines(_text, edited);
                Complain(refused.Refusal, refused.Refusal.Violations.Count == 0
                    ? [new EditComplaint(null, refused.Refusal.Message)]
                    : [.. refused.Refusal.Violations.Select(violation => new EditComplaint(LineOf(lines, violation.Path), violation.ToString()))]);
                return false;
            }
        }
    }

    private static bool IsToBeMended(ErrorCode code) =>
        code is ErrorCode.InvalidArgument or ErrorCode.SchemaViolated or ErrorCode.TooLarge or ErrorCode.Vetoed or ErrorCode.AlreadyExists or ErrorCode.Denied;

    // The option's line, else that of its section.
    private int? LineOf(IReadOnlyDictionary<string, int> lines, string path)
    {
        var place = path.StartsWith($"{module}.", StringComparison.Ordinal) ? path[(module.Length + 1)..] : path;
        return lines.TryGetValue(place, out var line) || lines.TryGetValue(place.Split('.')[0], out line) ? line : null;
    }

    // The text goes on with all that is not in doubt, and the module as it is now is what it is compared with from here on.
    private void ShowConflicts(UciPackage edited, StoredModule current, MergePlan plan)
    {
        var merged = new EditSession(current, EditLimits.Default);
        plan.Operations.ToList().ForEach(operation => merged.Apply(operation));
        (_ground, _text) = (current, EditedText.Write(merged.State));
        var lines = EditedText.Lines(_text, UciPackage.Parse(module, _text, UciReaderOptions.Default));
        Complain(
            new Refusal(ErrorCode.Conflict, $"changed meanwhile: {string.Join(", ", plan.Conflicts.Select(path => $"{module}.{path}"))}; edit again") { Paths = plan.Conflicts },
            [.. plan.Conflicts.Select(path => new EditComplaint(LineOf(lines, path), $"{path} was changed meanwhile, as it stands here; you wrote {Written(edited, path)}"))]);
    }

    private static string Written(UciPackage edited, string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var section = edited.FindSection(dot < 0 ? path : path[..dot]);
        return section is null ? "nothing of it"
            : dot < 0 ? $"it as {section.Type}"
            : edited.FindOption(section.Id, path[(dot + 1)..]) is { } option ? $"'{option.Value}'" : "nothing";
    }

    private void Complain(Refusal refusal, IReadOnlyList<EditComplaint> complaints) =>
        (_complaint, _complaints) = (new RefusedException(refusal with { Message = $"{module}: {refusal.Message}; given up, nothing was changed" }), complaints);

    private void PrintUnchanged()
    {
        if (_complaint is not null)
        {
            throw _complaint;
        }

        Tell($"{module}: nothing was changed");
    }

    private void Tell(string line)
    {
        if (!context.Output.IsJson)
        {
            context.Output.WriteLine(line);
        }
    }

    // Nobody else of this user stages from here to the answer, so what is staged for this commit alone is the end of what is
    // staged; it goes again when the commit is refused.
    private async Task CommitAsync(ModuleSession session, IReadOnlyList<ModuleOperation> operations, CancellationToken cancellation)
    {
        var key = "edit" + RandomNumberGenerator.GetHexString(KeyBytes * 2, lowercase: true);
        var own = operations.Select(operation => WithKey(operation, key)).ToList();
        if (context.Transaction is not null)
        {
            own.ForEach(session.Stage);
            await context.CloseAsync(module, cancellation);
            Tell($"{module}: staged in the transaction");
            return;
        }

        using var held = StagedFile.Open(context.Paths.SessionDirectory, module);
        var staged = held.Staged.Operations;
        held.Append(session.Read(() => Pin(session.Committed, staged, own)), EditLimits.Default.MaxOperations);
        try
        {
            await SessionCommands.CommitHeldAsync(context, module, held, terms, cancellation);
        }
        catch (RefusedException refused) when (refused.Refusal.Code is not (ErrorCode.Unavailable or ErrorCode.UnknownOutcome))
        {
            held.Replace([.. held.Staged.Operations.SkipLast(own.Count)]);
            throw;
        }
    }

    private List<ModuleOperation> Pin(IModuleView committed, IReadOnlyList<ModuleOperation> staged, List<ModuleOperation> own)
    {
        var staging = new Staging(committed, EditLimits.Default);
        staging.Restore(staged);
        foreach (var operation in own)
        {
            if (staging.Stage(operation) is { } refusal)
            {
                throw new RefusedException(refusal with { Message = $"{module}: {refusal.Message}" });
            }
        }

        return [.. staging.Operations.Skip(staged.Count)];
    }

    // Of another edit in the same session, keys may be the same.
    private static ModuleOperation WithKey(ModuleOperation operation, string key) => operation switch
    {
        ModuleOperation.AddSection add => add with { Key = key + add.Key },
        ModuleOperation.OfSection { Section: SectionSelector.ByKey of } ofSection => ofSection with { Section = new SectionSelector.ByKey(key + of.Key) },
        _ => operation,
    };
}
