namespace Cms.Client.Documents;

/// <summary>The names of a document's members.</summary>
internal static class DocumentWords
{
    public const string Modules = "modules";
    public const string Module = "module";
    public const string Expected = "expected";
    public const string Typed = "typed";
    public const string Revision = "revision";
    public const string Signature = "signature";
    public const string Sections = "sections";
    public const string Id = "id";
    public const string Type = "type";
    public const string Name = "name";
    public const string Options = "options";
    public const string Tables = "tables";
    public const string Table = "table";
    public const string PrimaryKey = "primaryKey";
    public const string Columns = "columns";
    public const string Rows = "rows";
    public const string Size = "size";
    public const string Index = "index";
}
