namespace Cms.Formats.Audit;

/// <summary>What a row of the audit log is about. Names are hashed and journaled, so they never change.</summary>
public static class AuditKinds
{
    /// <summary>A commit; its row is in the commit's own journal transaction.</summary>
    public const string Commit = "commit";

    /// <summary>A request that changes something was refused.</summary>
    public const string Refusal = "refusal";

    /// <summary>Somebody may not do what he asked for, or nobody vouches for him.</summary>
    public const string Denied = "denied";

    /// <summary>A session began.</summary>
    public const string Login = "login";

    /// <summary>A session ended.</summary>
    public const string Logout = "logout";

    /// <summary>What somebody showed for himself did not hold.</summary>
    public const string LoginFailed = "login-failed";

    /// <summary>Much was taken out at once: an export, or the audit log itself.</summary>
    public const string Export = "export";

    /// <summary>Secrets were shown in plain.</summary>
    public const string Reveal = "reveal";

    /// <summary>A backup was made.</summary>
    public const string Backup = "backup";

    /// <summary>A backup was restored.</summary>
    public const string Restore = "restore";

    /// <summary>A key was made, changed or withdrawn.</summary>
    public const string Key = "key";

    /// <summary>Another administrative act.</summary>
    public const string Administration = "admin";

    /// <summary>The daemon opened the journal.</summary>
    public const string Start = "start";

    /// <summary>The daemon closed the journal.</summary>
    public const string Stop = "stop";

    /// <summary>Old commits of a module were removed, as the retention asks.</summary>
    public const string Retention = "retention";

    /// <summary>The secrets of an old commit were sealed; the row has the hash of what the commit holds now.</summary>
    public const string Reseal = "reseal";

    /// <summary>Rows of the audit log went to an archive.</summary>
    public const string Archive = "archive";

    /// <summary>The row is signed, and with it all before it.</summary>
    public const string Signature = "signature";

    /// <summary>A repair of the journal could not keep rows.</summary>
    public const string Repair = "repair";

    /// <summary>A signed row was not found any more when the journal was opened.</summary>
    public const string Tampered = "tampered";

    /// <summary>Whether repeats of such a row within a short time are counted into one.</summary>
    public static bool IsCoalesced(string kind) => kind is Refusal or Denied or LoginFailed;
}
