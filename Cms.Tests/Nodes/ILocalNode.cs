using Cms.Client;

namespace Cms.Tests.Nodes;

/// <summary>A node on scratch directories: a process of its own, or inside this one.</summary>
internal interface ILocalNode : IAsyncDisposable
{
    /// <summary>The directory of <c>config</c> and <c>state</c>, which outlives the node's runs.</summary>
    string Root { get; }

    /// <summary>Where socket and segments are.</summary>
    string RunDirectory { get; }

    /// <summary>Talks to the node.</summary>
    CmsClient Client { get; }

    /// <summary>Starts the node and waits until it answers.</summary>
    Task StartAsync();
}
