using Cms.Actors.Modules;
using Cms.Formats.Modules;

namespace Cms.Tests.Simulation;

/// <summary>A request of a client, under one request id however often it is sent, and what came of it.</summary>
/// <param name="RequestId">Unique in the simulation.</param>
/// <param name="Parts">What is asked of each module; one, or several that are made together.</param>
internal sealed record Asked(string RequestId, IReadOnlyList<AskedPart> Parts)
{
    /// <summary>The answer that stands, or null while none came; a repetition must get it again.</summary>
    public IReadOnlyDictionary<string, ModuleReply>? Answers { get; set; }

    /// <summary>Whether it was refused, so that nothing of it may be in any journal.</summary>
    public bool IsRefused { get; set; }

    /// <summary>The part of a module, or null.</summary>
    public AskedPart? Of(string module) => Parts.FirstOrDefault(part => part.Module == module);

    public override string ToString() => $"{RequestId} {string.Join(" + ", Parts)}";
}

/// <summary>What a request asks of one module.</summary>
/// <param name="Module">The module.</param>
/// <param name="Command">What to do, or null when the module only must not have changed.</param>
/// <param name="What">The same for people.</param>
internal sealed record AskedPart(string Module, ModuleCommand? Command, string What)
{
    /// <summary>Says what is wrong with the commit, given the states before and after it, or null.</summary>
    public Func<IModuleView, IModuleView, string?> Check { get; init; } = (_, _) => null;

    /// <summary>The revision at which the module must be, or null.</summary>
    public Revision? Expected { get; init; }

    public override string ToString() => $"{Module}: {What}";
}
