using System.ComponentModel;
using System.Text;
using Cms.Formats.Mapping;
using Cms.Formats.Uci;

namespace Cms.Cli.Uci;

/// <summary>The command line of UCI: its commands, messages and exit codes, byte for byte.</summary>
/// <remarks>Runs one command line, or the batch it names, and is then done with. One thread.</remarks>
internal sealed class UciPersonality
{
    private const int Failed = 1;
    private const int NotUnderstood = 255;

    private readonly UciCommandLine _options;
    private readonly UciEnvironment _environment;
    private readonly UciOutput _output;
    private readonly Stream _input;
    private readonly UciStore _store;
    private readonly UciCommit _commit;
    private readonly PackagePrinter _printer;
    private BatchCommand? _batch;

    private UciPersonality(UciCommandLine options, UciEnvironment environment, UciOutput output, Stream input)
    {
        _options = options;
        _environment = environment;
        _output = output;
        _input = input;
        _store = new UciStore(options, output);
        _commit = new UciCommit(_store, environment);
        _printer = new PackagePrinter(output, options);
    }

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">The bytes of each argument, without the program's name.</param>
    /// <param name="input">Standard input.</param>
    /// <param name="output">Standard output; flushed, not closed.</param>
    /// <param name="error">Standard error; flushed, not closed.</param>
    /// <param name="environment">The machine.</param>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<ReadOnlyMemory<byte>> arguments, Stream input, Stream output, Stream error, UciEnvironment environment)
    {
        var options = UciCommandLine.Parse(arguments, environment);
        var printed = new UciOutput(output, error, options.IsQuiet, environment.ApplicationName);
        if (options.Complaint is { } complaint)
        {
            printed.WriteError($"{environment.ApplicationName}: {complaint}\n");
        }

        if (options.Complaint is not null || options.Words.Count == 0)
        {
            printed.WriteError(UsageText.For(environment.ApplicationName));
            return 0;
        }

        return RunWithInput(options, environment, printed, input);
    }

    /// <summary>Whether a word is this command, in upper or lower case.</summary>
    public static bool IsCommand(ReadOnlyMemory<byte> word, ReadOnlySpan<byte> command) => Ascii.EqualsIgnoreCase(word.Span, command);

    private static int RunWithInput(UciCommandLine options, UciEnvironment environment, UciOutput output, Stream input)
    {
        if (options.HasTooManyInputs)
        {
            output.WriteComplaint("Too many input files.");
            return Failed;
        }

        try
        {
            using var file = options.InputPath is { } path ? OpenInput(path, output) : null;
            if (options.InputPath is not null && file is null)
            {
                return Failed;
            }

            var code = new UciPersonality(options, environment, output, file ?? input).Run(options.Words);
            output.Flush();
            if (code == NotUnderstood)
            {
                output.WriteError(UsageText.For(environment.ApplicationName));
            }

            return code;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            output.WriteFailure(UciFailure.Io.Text);
            return Failed;
        }
    }

    private static FileStream? OpenInput(string path, UciOutput output)
    {
        try
        {
            if (RawFile.TryOpenForReading(path) is { } file)
            {
                return new FileStream(file, FileAccess.Read, 1);
            }

            output.WriteFailure("No such file or directory");
        }
        catch (IOException fault)
        {
            output.WriteFailure((fault.InnerException as Win32Exception)?.Message ?? fault.Message);
        }

        return null;
    }

    private int Run(IReadOnlyList<ReadOnlyMemory<byte>> words)
    {
        var command = Encoding.Latin1.GetString(words[0].Span).ToLowerInvariant();
        switch (command)
        {
            case "batch" when _batch is null:
                _batch = new BatchCommand(_input, _output, _store);
                _batch.Run(Run);
                return 0;
            case "show" or "export" or "changes" or "commit":
                return words.Count > 2 ? NotUnderstood : RunOnPackages(command, words);
            case "get" or "revert":
                return words.Count != 2 ? NotUnderstood : Read(command, words[1]);
            case "set" or "add_list" or "del_list" or "rename" or "ren" or "reorder" or "delete" or "del":
                return words.Count != 2 ? NotUnderstood : Change(command, words[1]);
            case "add":
                return words.Count != 3 ? NotUnderstood : Add(Encoding.Latin1.GetString(words[1].Span), words[2]);
            case "import":
                return words.Count > 2 || (words.Count == 1 && _options.IsMerging) ? NotUnderstood : Import(words);
            case "help":
                _output.WriteError(UsageText.For(_environment.ApplicationName));
                return 0;
            default:
                return NotUnderstood;
        }
    }

    private int Fail(UciFailure failure)
    {
        var isBareParseError = ReferenceEquals(failure, UciFailure.Parse);
        _output.WriteFailure(isBareParseError && _batch is not null ? _batch.DescribeParseError() : failure.Text);
        return Failed;
    }

    private UciTarget? Find(ReadOnlyMemory<byte> tuple, out UciFailure? failure)
    {
        if (UciAddress.TryParse(tuple) is not { } address)
        {
            failure = UciFailure.Parse;
            return null;
        }

        failure = _store.Load(address.Package, out var loaded);
        return failure is null ? UciTarget.Find(address, loaded!, out failure) : null;
    }

    private int RunOnPackages(string command, IReadOnlyList<ReadOnlyMemory<byte>> words)
    {
        if (words.Count == 2)
        {
            return RunOnPackage(command, words[1]);
        }

        if (_store.ListPackages() is not { } packages)
        {
            return Fail(UciFailure.NotFound);
        }

        foreach (var package in packages)
        {
            RunOnPackage(command, Encoding.Latin1.GetBytes(package));
        }

        return 0;
    }

    private int RunOnPackage(string command, ReadOnlyMemory<byte> tuple)
    {
        if (Find(tuple, out var failure) is not { } target)
        {
            return Fail(failure!);
        }

        var package = target.Loaded.Package;
        switch (command)
        {
            case "show":
                return Show(target);
            case "export":
                UciWriter.Export(package, _output.Flushed(), _options.IsNamingAnonymous);
                return 0;
            case "changes":
                ShowChanges(target.Loaded);
                return 0;
            default:
                failure = _options.IsCommitOff ? null : _commit.Commit(target.Address.Package);
                return failure is null ? 0 : Fail(failure);
        }
    }

    private int Show(UciTarget target)
    {
        if (!target.IsComplete)
        {
            return Fail(UciFailure.NotFound);
        }

        var package = target.Loaded.Package;
        if (target.Option is { } option)
        {
            _printer.ShowOption(package.Name, target.Section!.Name, option);
        }
        else if (target.Section is { } section)
        {
            _printer.ShowSection(package.Name, section, section.Name);
        }
        else
        {
            _printer.ShowPackage(package);
        }

        return 0;
    }

    private void ShowChanges(LoadedPackage loaded)
    {
        foreach (var line in UciDelta.Parse(_store.ReadDeltas(loaded)).Where(line => line.Package == loaded.Package.Name))
        {
            _printer.ShowChange(line);
        }
    }

    private int Read(string command, ReadOnlyMemory<byte> tuple)
    {
        if (Find(tuple, out var failure) is not { } target)
        {
            return Fail(failure!);
        }

        if (target.Address.Value is not null)
        {
            return Failed;
        }

        return command == "get" ? Get(target) : Revert(target);
    }

    private int Get(UciTarget target)
    {
        if (!target.IsComplete)
        {
            return Fail(UciFailure.NotFound);
        }

        if (target.Option is { } option)
        {
            _printer.PrintValue(option, isQuoting: false);
        }
        else if (target.Section is { } section)
        {
            _output.Write(section.Type + "\n");
        }

        return 0;
    }

    private int Revert(UciTarget target)
    {
        if (target.Loaded.HasDelta)
        {
            UciRevert.Drop(_store.DeltaPathOf(target.Loaded.Package.Name), target.Section?.Name ?? target.Address.Section, target.Address.Option);
        }

        return 0;
    }

    private int Change(string command, ReadOnlyMemory<byte> tuple)
    {
        if (UciAddress.TryParse(tuple) is not { } address)
        {
            return Fail(UciFailure.Parse);
        }

        var isSilent = false;
        var failure = _store.Edit(address.Package, loaded =>
        {
            isSilent = command is "delete" or "del" && address.Value is { } index && !UciDelta.TryParseIndex(index.Span, out _);
            return UciTarget.Find(address, loaded, out var refused) is { } target ? Decide(command, target, isSilent) : UciEdit.Refuse(refused!);
        });
        if (failure is null)
        {
            return isSilent ? Failed : 0;
        }

        return Fail(failure);
    }

    private static UciEdit Decide(string command, UciTarget target, bool isSilent) => command switch
    {
        _ when isSilent => UciEdit.Nothing,
        "set" => SectionCommands.Set(target),
        "add_list" => SectionCommands.AddToList(target),
        "del_list" => SectionCommands.DeleteFromList(target),
        "rename" or "ren" => SectionCommands.Rename(target),
        "reorder" => SectionCommands.Reorder(target),
        _ => SectionCommands.Delete(target),
    };

    private int Add(string package, ReadOnlyMemory<byte> type)
    {
        string? name = null;
        var failure = _store.Edit(package, loaded => SectionCommands.Add(loaded, type, out name));
        if (failure is not null)
        {
            Fail(failure);
            return (int)failure.Error;
        }

        _output.Write(name + "\n");
        return 0;
    }

    private int Import(IReadOnlyList<ReadOnlyMemory<byte>> words)
    {
        using var text = new MemoryStream();
        _input.CopyTo(text);
        var name = words.Count == 2 ? Encoding.Latin1.GetString(words[1].Span) : null;
        var failure = new ImportCommand(_options, _store, _commit).Run(text.ToArray(), name);
        return failure is null ? 0 : Fail(failure);
    }
}
