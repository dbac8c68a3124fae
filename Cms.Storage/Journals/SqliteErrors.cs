namespace Cms.Storage.Journals;

/// <summary>The result codes of SQLite that mean something to the journal.</summary>
internal static class SqliteErrors
{
    /// <summary>The operating system failed to read or write.</summary>
    public const int InputOutput = 10;

    /// <summary>The operating system failed to write; an extended code.</summary>
    public const int InputOutputWrite = 778;

    /// <summary>A page is not what it must be.</summary>
    public const int Corrupt = 11;

    /// <summary>The disk has no room.</summary>
    public const int Full = 13;

    /// <summary>The file is no database.</summary>
    public const int NotADatabase = 26;
}
