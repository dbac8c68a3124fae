using Cms.Storage.Topics;
using Microsoft.Extensions.Logging;

namespace Cms.Actors.Topics;

/// <summary>What application topics work with.</summary>
/// <param name="Options">The settings.</param>
/// <param name="Store">What lasts.</param>
/// <param name="Clock">The time.</param>
/// <param name="Logger">Where faults are told.</param>
/// <param name="Turns">Who may read the store now.</param>
internal sealed record MessageTopicContext(NodeOptions Options, IMessageStore Store, TimeProvider Clock, ILogger Logger, Turns Turns);
