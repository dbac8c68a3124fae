using System.Text.Json;
using Cms.Formats.Edits;
using Cms.Formats.Refusals;

namespace Cms.Client.Documents;

/// <summary>Reads modules from documents, which may come from anybody.</summary>
/// <remarks>Members may stand in any order; one that is not known is refused, so that a misspelt one is not passed over. Pure; any thread.</remarks>
public static class DocumentReader
{
    /// <summary>The most modules that a text may hold.</summary>
    public const int MaxModules = 1000;

    /// <summary>Reads a text in JSON: one or more documents, one after the other.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="lineOf">The line of what the text was made from for a byte of it; null when the text is what its author wrote.</param>
    /// <exception cref="RefusedException">The text is no such document; the message names line and path.</exception>
    public static IReadOnlyList<ModuleDocument> Read(ReadOnlySpan<byte> text, Func<long, int>? lineOf = null)
    {
        var lines = lineOf is null ? LineStarts(text) : [];
        var cursor = new DocumentCursor(text, lineOf ?? (place => LineOf(lines, place)));
        var documents = new List<ModuleDocument>();
        while (cursor.Read())
        {
            ReadRoot(ref cursor, documents);
        }

        return documents.Count > 0 ? documents : throw new RefusedException(ErrorCode.InvalidArgument, "the document is empty; it must hold a module or a list of modules");
    }

    private static void ReadRoot(ref DocumentCursor cursor, List<ModuleDocument> documents)
    {
        cursor.Require(JsonTokenType.StartObject, "an object with 'sections', or one with 'modules',");
        var parts = new ModuleParts();
        while (cursor.NextMember() is { } member)
        {
            cursor.Enter(member);
            if (member == DocumentWords.Modules)
            {
                ReadModules(ref cursor, documents);
            }
            else
            {
                ReadMember(ref cursor, member, parts);
            }

            cursor.Leave();
        }

        if (parts.IsBegun)
        {
            Add(ref cursor, documents, parts);
        }
    }

    private static void ReadModules(ref DocumentCursor cursor, List<ModuleDocument> documents)
    {
        cursor.Require(JsonTokenType.StartArray, "a list of modules");
        for (var index = 0; cursor.NextElement(); index++)
        {
            cursor.Enter($"[{index}]");
            cursor.Require(JsonTokenType.StartObject, "a module, which is an object with 'module' and 'sections',");
            var parts = new ModuleParts();
            while (cursor.NextMember() is { } member)
            {
                cursor.Enter(member);
                ReadMember(ref cursor, member, parts);
                cursor.Leave();
            }

            Add(ref cursor, documents, parts);
            cursor.Leave();
        }
    }

    private static void ReadMember(ref DocumentCursor cursor, string member, ModuleParts parts)
    {
        if (!parts.Seen.Add(member))
        {
            throw cursor.Refuse("this member is there twice");
        }

        switch (member)
        {
            case DocumentWords.Module:
                parts.Module = cursor.Text();
                break;
            case DocumentWords.Expected:
                parts.Expected = cursor.Number(0, long.MaxValue);
                break;
            case DocumentWords.Typed:
                parts.IsTyped = cursor.Bool();
                break;
            case DocumentWords.Signature:
                parts.Signature = cursor.Text();
                break;
            case DocumentWords.Revision:
                // What an answer says beside; it is no part of the content.
                cursor.Number(0, long.MaxValue);
                break;
            case DocumentWords.Sections:
                SectionPartReader.Read(ref cursor, parts.Content);
                break;
            case DocumentWords.Tables:
                TablePartReader.Read(ref cursor, parts.Content);
                break;
            default:
                throw cursor.Refuse("there is no such member of a module: use module, sections, tables, expected, typed or signature");
        }
    }

    private static void Add(ref DocumentCursor cursor, List<ModuleDocument> documents, ModuleParts parts)
    {
        if (!parts.Seen.Contains(DocumentWords.Sections))
        {
            throw cursor.Refuse("the module lacks 'sections'; a module without any has an empty list");
        }

        if (!parts.IsTyped && parts.Seen.Contains(DocumentWords.Tables))
        {
            throw cursor.Refuse("a module that is not 'typed' came from a UCI text and has no 'tables'");
        }

        if (parts.Module is { } module && documents.Exists(document => document.Module == module))
        {
            throw cursor.Refuse($"module '{module}' is there twice");
        }

        if (documents.Count == MaxModules)
        {
            throw cursor.Refuse($"the text has more than {MaxModules} modules, which is the most");
        }

        documents.Add(new ModuleDocument(parts.Module, parts.Content.Content)
        {
            IsTyped = parts.IsTyped,
            HasTables = parts.Seen.Contains(DocumentWords.Tables),
            Expected = parts.Expected,
            Signature = parts.Signature,
        });
    }

    private static List<int> LineStarts(ReadOnlySpan<byte> text)
    {
        var starts = new List<int>();
        for (var at = 0; text[at..].IndexOf((byte)'\n') is var found and >= 0;)
        {
            at += found + 1;
            starts.Add(at);
        }

        return starts;
    }

    private static int LineOf(List<int> starts, long place)
    {
        var found = starts.BinarySearch((int)place);
        return found >= 0 ? found + 2 : ~found + 1;
    }

    private sealed class ModuleParts
    {
        public HashSet<string> Seen { get; } = [];

        public ContentBuilder Content { get; } = new();

        public string? Module { get; set; }

        public long? Expected { get; set; }

        public string? Signature { get; set; }

        public bool IsTyped { get; set; } = true;

        public bool IsBegun => Seen.Count > 0;
    }
}
