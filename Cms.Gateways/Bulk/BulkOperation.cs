using Cms.Formats.Edits;

namespace Cms.Gateways.Bulk;

/// <summary>One operation of a bulk.</summary>
/// <param name="Line">The line that it begins on, from 1.</param>
/// <param name="Module">The module that it is about, not yet looked for.</param>
/// <param name="Operation">What is to be done.</param>
internal readonly record struct BulkOperation(long Line, string Module, ModuleOperation Operation);
