namespace Cms.Formats.Mapping;

/// <summary>Whom the kernel takes this process for.</summary>
public static class ProcessOwner
{
    /// <summary>The effective uid (geteuid(2)).</summary>
    public static uint UserId => LibC.EffectiveUser();
}
