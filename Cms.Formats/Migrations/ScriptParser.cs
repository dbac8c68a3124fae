using System.Globalization;
using System.Text;
using Cms.Formats.Edits;
using Cms.Formats.Migrations.Expressions;
using Cms.Formats.Refusals;
using Cms.Formats.Schemas;
using Cms.Formats.Statements;
using Cms.Formats.Uci;

namespace Cms.Formats.Migrations;

/// <summary>Makes statements of the text of a migration script.</summary>
internal sealed class ScriptParser
{
    /// <summary>The most statements of a script.</summary>
    public const int MaxStatements = 10_000;

    private const int MaxBlocks = 16;
    private const int MaxExpressionBytes = 64 * 1024;
    private const string Own = "for-each, if, else, end, transform, rename-option, delete-option, rename-type, refuse";

    private readonly string _module;
    private readonly Stack<Block> _open = [];
    private int _count;
    private bool _isInForEach;

    private ScriptParser(string module) => _module = module;

    /// <summary>The statements of a script.</summary>
    /// <param name="script">What people call it.</param>
    /// <param name="module">The module that it changes.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="RefusedException">It is not legal; the message names the place and the rule.</exception>
    public static IReadOnlyList<ScriptStatement> Parse(string script, string module, ReadOnlyMemory<byte> text)
    {
        var parser = new ScriptParser(module);
        var all = new Block(default);
        parser._open.Push(all);
        foreach (var words in new ScriptWords(script, text).Statements())
        {
            parser.Take(words);
        }

        return parser._open.Peek() is { Head.Count: > 0 } left
            ? throw left.Head[0].Place.Refuse(ErrorCode.InvalidArgument, $"the {left.Head[0].Text} that begins here has no end")
            : all.Statements;
    }

    private void Take(IReadOnlyList<ScriptWord> words)
    {
        if (++_count > MaxStatements)
        {
            throw words[0].Place.Refuse(ErrorCode.TooLarge, $"the script has more than {MaxStatements} statements");
        }

        switch (words[0].Text)
        {
            case "for-each" or "if":
                Begin(words);
                break;
            case "else":
                Expect(words, 1, "else");
                Else(words[0].Place);
                break;
            case "end":
                Expect(words, 1, "end");
                End(words[0].Place);
                break;
            case var name:
                _open.Peek().Statements.Add(Simple(name, words));
                break;
        }
    }

    private void Begin(IReadOnlyList<ScriptWord> words)
    {
        var place = words[0].Place;
        if (_open.Count > MaxBlocks)
        {
            throw place.Refuse(ErrorCode.TooLarge, $"more than {MaxBlocks} blocks are open here");
        }

        var block = new Block(words);
        if (words[0].Text == "if")
        {
            Expect(words, 2, "if 'CONDITION'");
            block.Condition = Condition(words[1]);
        }
        else
        {
            if (_isInForEach)
            {
                throw place.Refuse(ErrorCode.InvalidArgument, "a for-each stands in another one; end that one first");
            }

            var hasCondition = words.Count == 4 && words[2].Text == "where";
            if (words.Count != 2 && !hasCondition)
            {
                throw place.Refuse(ErrorCode.InvalidArgument, "write it as for-each TYPE, or as for-each TYPE where 'CONDITION'");
            }

            block.Type = words[1].Text == "*" ? null : TypeName(words[1]);
            _isInForEach = true;
            block.Condition = hasCondition ? Condition(words[3]) : null;
        }

        _open.Push(block);
    }

    private void Else(ScriptPlace place)
    {
        var block = _open.Peek();
        if (block.Head is not [{ Text: "if" }, ..] || block.Then is not null)
        {
            throw place.Refuse(ErrorCode.InvalidArgument, "there is no if here for this else to belong to");
        }

        (block.Then, block.Statements) = (block.Statements, []);
    }

    private void End(ScriptPlace place)
    {
        var block = _open.Pop();
        if (block.Head is not { Count: > 0 } head)
        {
            throw place.Refuse(ErrorCode.InvalidArgument, "there is no for-each or if here to end");
        }

        if (head[0].Text == "if")
        {
            _open.Peek().Statements.Add(new ScriptStatement.If(head[0].Place, block.Condition!, block.Then ?? block.Statements, block.Then is null ? [] : block.Statements));
            return;
        }

        _isInForEach = false;
        _open.Peek().Statements.Add(new ScriptStatement.ForEach(head[0].Place, block.Type, block.Condition, block.Statements));
    }

    private ScriptStatement Simple(string name, IReadOnlyList<ScriptWord> words)
    {
        var place = words[0].Place;
        switch (name)
        {
            case "transform":
                Expect(words, 3, "transform ADDRESS 'EXPRESSION'");
                var target = Reference(words[1], needsOption: true);
                return new ScriptStatement.Transform(place, target, words[2].Text, Expression(words[2]));
            case "rename-option":
                Expect(words, 4, "rename-option TYPE OPTION NEW-OPTION");
                return new ScriptStatement.RenameOption(place, TypeName(words[1]), OptionName(words[2]), OptionName(words[3]));
            case "delete-option":
                Expect(words, 3, "delete-option TYPE OPTION");
                return new ScriptStatement.DeleteOption(place, TypeName(words[1]), OptionName(words[2]));
            case "refuse":
                Expect(words, 2, "refuse 'REASON'");
                return new ScriptStatement.Refuse(place, words[1].Text);
            case "rename-type":
                Expect(words, 3, "rename-type TYPE NEW-TYPE");
                return new ScriptStatement.RenameType(place, TypeName(words[1]), TypeName(words[2]));
            default:
                return Change(words);
        }
    }

    private ScriptStatement.Change Change(IReadOnlyList<ScriptWord> words)
    {
        var place = words[0].Place;
        var bytes = words.Select(word => word.Bytes).ToList();
        var isOfCurrent = false;
        var at = words[0].Text == "table" ? 2 : 1;
        if (words[0].Text == "add" && words.Count == 2)
        {
            bytes.Insert(1, Encoding.UTF8.GetBytes(_module));
        }
        else if (words.Count > at)
        {
            (bytes[at], isOfCurrent) = Resolve(words[at]);
        }

        try
        {
            var (module, operation) = EditStatement.Parse(bytes, string.Create(CultureInfo.InvariantCulture, $"new{_count}"));
            CheckModule(module);
            return operation is ModuleOperation.OfTable { Table: SchemaTable.Name }
                ? throw new RefusedException(ErrorCode.InvalidArgument, $"the table {SchemaTable.Name} is kept by cms itself")
                : new ScriptStatement.Change(place, operation, isOfCurrent);
        }
        catch (RefusedException refused)
        {
            var rule = refused.Message.Replace(EditStatement.Names, $"{EditStatement.Names}, {Own}", StringComparison.Ordinal);
            throw place.Refuse(refused.Refusal.Code, rule);
        }
    }

    private ScriptReference Reference(ScriptWord word, bool needsOption)
    {
        var (bytes, isOfCurrent) = Resolve(word);
        try
        {
            var address = Address.Parse(bytes).WithoutValue();
            CheckModule(address.Module);
            var section = address.Selector;
            return new ScriptReference(isOfCurrent ? null : section, needsOption ? address.NeedOption() : address.Option);
        }
        catch (RefusedException refused)
        {
            throw word.Place.Refuse(refused.Refusal.Code, refused.Message);
        }
    }

    // A word that begins with a dot leaves the module out, and @ stands for the current section. Both become a whole address.
    private (ReadOnlyMemory<byte> Address, bool IsOfCurrent) Resolve(ScriptWord word)
    {
        var text = word.Bytes.Span;
        if (text.StartsWith("."u8))
        {
            return ((byte[])[.. Encoding.UTF8.GetBytes(_module), .. text], false);
        }

        var isOfCurrent = text.SequenceEqual("@"u8) || text.StartsWith("@."u8) || text.StartsWith("@="u8);
        if (!isOfCurrent)
        {
            return (word.Bytes, false);
        }

        return _isInForEach
            ? ((byte[])[.. Encoding.UTF8.GetBytes(_module), .. "._"u8, .. text[1..]], true)
            : throw word.Place.Refuse(ErrorCode.InvalidArgument, "@ is the current section of a for-each, and there is none here");
    }

    private void CheckModule(string module)
    {
        if (module != _module)
        {
            throw new RefusedException(
                ErrorCode.InvalidArgument,
                $"'{module}' is not the module of this migration: begin the address with '{_module}.' or, for short, with a dot; @ is the current section of a for-each");
        }
    }

    private ScriptCondition Condition(ScriptWord word) => new(word.Place, word.Text, Expression(word));

    private Expression Expression(ScriptWord word)
    {
        if (word.Bytes.Length > MaxExpressionBytes)
        {
            throw word.Place.Refuse(ErrorCode.TooLarge, $"the expression has {word.Bytes.Length} bytes; the most is {MaxExpressionBytes}");
        }

        try
        {
            return ExpressionParser.Parse(word.Text, reference => InExpression(word.Place, reference));
        }
        catch (RefusedException refused)
        {
            throw word.Place.Refuse(refused.Refusal.Code, $"in '{word.Text}' {refused.Message}");
        }
    }

    // Alone in braces stands an option of the current section; what has a dot is an address.
    private ScriptReference InExpression(ScriptPlace place, string text)
    {
        if (text.Contains('.', StringComparison.Ordinal))
        {
            var address = Address.Parse(Resolve(new ScriptWord(place, Encoding.UTF8.GetBytes(text))).Address).WithoutValue();
            CheckModule(address.Module);
            return text.StartsWith('@') ? new ScriptReference(null, address.NeedOption()) : new ScriptReference(address.Selector, address.Option);
        }

        return !UciNames.IsName(text.AsSpan()) ? throw new RefusedException(ErrorCode.InvalidArgument, $"'{{{text}}}' is no option: use letters, digits and _, or an address such as {{.section.option}}")
            : !_isInForEach ? throw new RefusedException(ErrorCode.InvalidArgument, $"{{{text}}} is an option of the current section, and there is none outside of for-each; use an address such as {{.section.{text}}}")
            : new ScriptReference(null, text);
    }

    private static string TypeName(ScriptWord word) => UciNames.IsType(word.Text.AsSpan())
        ? word.Text
        : throw word.Place.Refuse(ErrorCode.InvalidArgument, $"type '{word.Text}' is not legal: use printable ASCII without blanks");

    private static string OptionName(ScriptWord word) => UciNames.IsName(word.Text.AsSpan())
        ? word.Text
        : throw word.Place.Refuse(ErrorCode.InvalidArgument, $"option name '{word.Text}' is not legal: use letters, digits and _ only");

    private static void Expect(IReadOnlyList<ScriptWord> words, int count, string usage)
    {
        if (words.Count != count)
        {
            throw words[0].Place.Refuse(ErrorCode.InvalidArgument, $"write it as {usage}; quote what holds blanks");
        }
    }

    // A block that is not ended yet; the whole script is the one without words at its head.
    private sealed class Block(IReadOnlyList<ScriptWord>? head)
    {
        public IReadOnlyList<ScriptWord> Head { get; } = head ?? [];

        public List<ScriptStatement> Statements { get; set; } = [];

        public List<ScriptStatement>? Then { get; set; }

        public ScriptCondition? Condition { get; set; }

        public string? Type { get; set; }
    }
}
