using System.Text;
using Cms.Formats.Uci;

namespace Cms.Cli.Uci;

/// <summary>Takes packages from a text, in place of the files or merged into one.</summary>
internal sealed class ImportCommand(UciCommandLine options, UciStore store, UciCommit commit)
{
    /// <summary>Imports everything in the text, or nothing when it is malformed.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The package, whatever the text says; null when the text names its packages.</param>
    public UciFailure? Run(ReadOnlyMemory<byte> text, string? name)
    {
        if (name is not null && (!UciNames.IsPackage(name) || name.Contains('/') || name is "." or ".."))
        {
            return UciFailure.InvalidArgument;
        }

        if (options.IsMerging && store.Load(name!, out _) is var failure && failure?.Error != UciError.NotFound)
        {
            return failure ?? store.Edit(name!, loaded => Merge(loaded, text));
        }

        return Replace(text, name);
    }

    private UciFailure? Replace(ReadOnlyMemory<byte> text, string? name)
    {
        var packages = UciPackage.TryParseAll(name, text, ReaderOptions(name is null), store.Report, out var error);
        store.HasParsed = true;
        if (packages is null)
        {
            return error is null ? UciFailure.Duplicate : UciFailure.Of(error);
        }

        UciFailure? failure = null;
        foreach (var package in packages)
        {
            failure = commit.Import(package, options.ConfigDirectory);
        }

        return failure;
    }

    private UciReaderOptions ReaderOptions(bool hasPackages) =>
        new() { Dialect = UciDialect.Reference, IsStrict = options.IsStrict, HasPackages = hasPackages };

    private UciEdit Merge(LoadedPackage loaded, ReadOnlyMemory<byte> text)
    {
        var reader = new UciReader(text, ReaderOptions(hasPackages: false));
        var lines = new List<UciDeltaLine>();
        var section = string.Empty;
        while (reader.Read())
        {
            var line = reader.Kind switch
            {
                UciTokenKind.Section => MergeSection(loaded.Package, reader, ref section),
                UciTokenKind.Option => MergeOption(loaded.Package, section, reader),
                UciTokenKind.ListItem => Line(loaded.Package, UciDeltaCommand.AddToList, section, NameOf(reader), reader.KeepValue()),
                _ => null,
            };
            if (reader.Error is { } error)
            {
                if (options.IsStrict)
                {
                    return new UciEdit(UciFailure.Of(error), []) { IsApplied = true };
                }

                store.Report(error);
            }

            if (line is not null)
            {
                lines.Add(line);
                UciDelta.Apply(line, loaded.Package);
            }
        }

        return new UciEdit(null, lines) { IsApplied = true };
    }

    private UciDeltaLine? MergeSection(UciPackage package, UciReader reader, ref string section)
    {
        var type = Encoding.Latin1.GetString(reader.Type);
        if (reader.Name.IsEmpty)
        {
            section = UciNames.Anonymous(package.NextSection.Value, type);
            return Line(package, UciDeltaCommand.Add, section, null, reader.Type.ToArray());
        }

        var name = NameOf(reader);
        var known = package.Find(name);
        if (known is not null && known.Type != type && options.IsStrict)
        {
            reader.Refuse("section of different type overwrites prior section with same name");
            return null;
        }

        section = name;
        return known?.Type == type ? null : Line(package, UciDeltaCommand.Set, section, null, reader.Type.ToArray());
    }

    private static UciDeltaLine? MergeOption(UciPackage package, string section, UciReader reader)
    {
        var name = NameOf(reader);
        var isSame = package.Find(section)!.Find(name) is { IsList: false } option && option[0].Span.SequenceEqual(reader.Value);
        return isSame ? null : Line(package, UciDeltaCommand.Set, section, name, reader.KeepValue());
    }

    private static string NameOf(UciReader reader) => Encoding.Latin1.GetString(reader.Name);

    private static UciDeltaLine Line(UciPackage package, UciDeltaCommand command, string section, string? option, ReadOnlyMemory<byte> value) =>
        new(command, package.Name, section, option, value);
}
