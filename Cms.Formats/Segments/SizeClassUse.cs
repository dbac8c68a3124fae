namespace Cms.Formats.Segments;

/// <summary>The blocks of one size in a segment.</summary>
/// <param name="BlockBytes">Bytes of each.</param>
/// <param name="Used">How many hold something, replaced versions that are still kept too.</param>
/// <param name="Free">How many wait to be used again.</param>
public readonly record struct SizeClassUse(int BlockBytes, int Used, int Free);
