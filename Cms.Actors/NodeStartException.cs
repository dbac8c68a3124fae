namespace Cms.Actors;

/// <summary>A node cannot start as it is set up; the message says what to change.</summary>
public sealed class NodeStartException : Exception
{
    /// <summary>A node cannot start for this reason.</summary>
    public NodeStartException(string message)
        : base(message)
    {
    }
}
