namespace Cms.Gateways.Requests;

/// <summary>What somebody has shown for himself, for requests that go on after they were let in. Any thread may ask.</summary>
internal interface ICallerProof
{
    /// <summary>Whether he would be let in with it now, as the same with the same groups.</summary>
    bool Holds { get; }
}
