namespace Cms.Formats.Segments.Writing;

/// <summary>A fault that tests plant in a writer, to see that they would find it.</summary>
internal enum PlantedFault
{
    /// <summary>The writer works as it should.</summary>
    None,

    /// <summary>A block that is used again keeps its stamp.</summary>
    StampNotRaised,

    /// <summary>The visible revision is stored before the entries.</summary>
    VisibleEarly,

    /// <summary>A replaced block is used again at once.</summary>
    BlockReusedEarly,

    /// <summary>Blocks are taken back without raising the oldest revision first.</summary>
    OldestNotRaised,

    /// <summary>A bucket does not say that a slot was filled.</summary>
    ChangeNotCounted,
}
