using Cms.Formats.Modules;

namespace Cms.Actors.Modules;

/// <summary>How a module is doing, for people and monitors.</summary>
/// <param name="Module">Which.</param>
/// <param name="State"><c>starting</c>, <c>running</c>, <c>restarting</c> or <c>stopped</c>.</param>
/// <param name="Revision">The newest revision that readers see.</param>
/// <param name="Written">The newest revision that the text file holds completely.</param>
/// <param name="Sections">How many sections it has.</param>
/// <param name="Restarts">How often it was started again after a fault.</param>
/// <param name="Problem">What is wrong, or null.</param>
public sealed record ModuleStatus(ModuleName Module, string State, Revision Revision, Revision Written, int Sections, int Restarts, string? Problem);
