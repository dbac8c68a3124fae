namespace Cms.Formats.Schemas.Reading;

/// <summary>An option that a schema's section takes.</summary>
/// <param name="Owner">The type of the section: module, section, field, type, table or column.</param>
/// <param name="Name">The option.</param>
/// <param name="Takes">What may be written, for people.</param>
/// <param name="Meaning">What it says; one sentence without a full stop.</param>
/// <param name="IsList">Whether it may have several values.</param>
internal sealed record SchemaWord(string Owner, string Name, string Takes, string Meaning, bool IsList = false);

/// <summary>The one table of what schemas are written with; <c>docs/schemas.md</c> prints it and a test holds the two equal.</summary>
internal static class SchemaWords
{
    private const string Flag = "bool";
    private const string Text = "text";
    private const string Rules = "rules";
    private const string AnyType = "a type, format or named type";

    /// <summary>The types of a schema's sections.</summary>
    public static IReadOnlyList<string> Owners { get; } = ["module", "section", "field", "type", "table", "column"];

    /// <summary>Every option, in the order of the document.</summary>
    public static IReadOnlyList<SchemaWord> All { get; } =
    [
        new("module", "version", "MAJOR.MINOR.PATCH", "the schema's version; 1.0.0 by default"),
        new("module", "description", Text, "what the module is for"),
        new("module", "unknown", "allow or refuse", "sections of types that are not described; allow by default"),
        new("module", "requires", "MODULE>=VERSION", "another module's schema that this one builds upon", IsList: true),
        new("module", "db_path", "path", "the module's own database"),
        new("module", "cache_policy", "LRU, MRU or FIFO", "which entries a full cache drops"),
        new("module", "cache_size", "size", "bytes of the cache"),
        new("module", "sha_key", Text, "the name of the key with which exports are signed"),
        new("module", "allowed_clients", "ipaddr, cidr or hostname", "who may call; everybody by default", IsList: true),
        new("section", "type", "section type", "the section's type, where it is no legal name; the section's own name by default; NAME* for all types that begin so"),
        new("section", "description", Text, "what sections of the type are for"),
        new("section", "named", "required, forbidden or optional", "whether the sections have names; optional by default"),
        new("section", "validation", Rules, "rules for the section's name"),
        new("section", "unknown", "allow or refuse", "options that are not described; allow by default"),
        new("section", "min", "uint", "how many sections there are at least; an empty module is valid nevertheless"),
        new("section", "max", "uint", "how many sections there are at most"),
        new("section", "durability", "config, state or status", "what becomes of the sections at a loss of power; config by default"),
        new("section", "plain_file", Flag, "whether secrets of the sections are plain in the text file"),
        new("field", "section", "section types", "whose field it is; of every section of the module by default", IsList: true),
        new("field", "name", "option name", "the option's name, where the section has none of its own"),
        new("field", "description", Text, "what the option is for"),
        new("field", "type", AnyType, "what its values are; string by default"),
        new("field", "list", "0, 1, both or words", "0 for one value, 1 for a list; words for either, where the words between blanks are elements of their own; both by default"),
        new("field", "size", "uint", "most bytes of an element's text"),
        new("field", "default", "value", "what holds when it is not set", IsList: true),
        new("field", "values", "values", "the values that there are", IsList: true),
        new("field", "validation", Rules, "rules for each element"),
        new("field", "required", Flag, "as the rule of this name"),
        new("field", "required_if", "option=values", "as the rule of this name", IsList: true),
        new("field", "unique", Flag, "as the rule of this name"),
        new("field", "ref", "section type", "as the rule of this name"),
        new("field", "negation", Flag, "whether a first ! is taken off before an element is looked at"),
        new("field", "access", "read-write or read-only", "read-only for a value that only migrations change once its section is made; read-write by default"),
        new("field", "secret", Flag, "whether values are hidden from those who may not see secrets"),
        new("field", "cache", Flag, "whether readers may keep it in a cache; 1 by default"),
        new("field", "durability", "config, state or status", "what becomes of it at a loss of power; as its section by default"),
        new("type", "description", Text, "what values of the type are"),
        new("type", "type", AnyType, "what it is made of; string by default"),
        new("type", "size", "uint", "most bytes of a text"),
        new("type", "values", "values", "the values that there are", IsList: true),
        new("type", "validation", Rules, "rules for each value"),
        new("type", "negation", Flag, "whether a first ! is taken off before a value is looked at"),
        new("table", "description", Text, "what the rows are"),
        new("table", "primary_key", "column", "the column that tells rows apart"),
        new("column", "table", "table", "whose column it is"),
        new("column", "name", "column name", "the column's name, where the section has none of its own"),
        new("column", "description", Text, "what the column is for"),
        new("column", "type", AnyType, "what it holds; string by default"),
        new("column", "size", "uint", "bytes of an int, 1, 2, 4 or 8; most bytes of a string, 255 by default"),
        new("column", "index", "index or unique", "whether rows are found by it"),
        new("column", "values", "values", "the values that there are", IsList: true),
        new("column", "validation", Rules, "rules for its values"),
        new("column", "secret", Flag, "whether values are hidden from those who may not see secrets"),
    ];

    /// <summary>The option of a section, or null.</summary>
    public static SchemaWord? Find(string owner, string name) => All.FirstOrDefault(word => word.Owner == owner && word.Name == name);
}
