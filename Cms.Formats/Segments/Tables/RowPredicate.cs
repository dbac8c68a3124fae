using Cms.Formats.Tables;

namespace Cms.Formats.Segments.Tables;

/// <summary>Whether a scan shall show a row; must not use the table that is being scanned.</summary>
public delegate bool RowPredicate(RowReader row);
