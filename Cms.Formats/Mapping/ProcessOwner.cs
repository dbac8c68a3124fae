using System.Runtime.InteropServices;

namespace Cms.Formats.Mapping;

/// <summary>Whom the kernel takes this process for.</summary>
public static partial class ProcessOwner
{
    /// <summary>The effective uid (geteuid(2)).</summary>
    public static uint UserId => EffectiveUserId();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUserId();
}
