namespace Cms.Gateways.Http.Catalogue;

/// <summary>The parameters and headers that mean the same in every operation that has them.</summary>
internal static class Standard
{
    /// <summary>Which revision is read.</summary>
    public static readonly NumberParameter Revision = NumberParameter.Revision("revision", "The revision of the module to read; without it the newest.");

    /// <summary>What is left out first.</summary>
    public static readonly NumberParameter Skip = new("skip", "How many are left out first.", 0, int.MaxValue, 0);

    /// <summary>Which members are answered.</summary>
    public static readonly TextParameter Fields = new("fields", "The members to answer with, apart by commas, a member of a member behind a dot; without it all.");

    /// <summary>Kept with commits.</summary>
    public static readonly TextParameter Message = new("message", "A text that is kept with the commit, at most 4096 characters.");

    /// <summary>Names the request.</summary>
    public static readonly TextParameter RequestId = new("requestId", "The caller's name for the request, at most 255 characters: sent again it returns the first answer.");

    /// <summary>Whether to wait for the text file.</summary>
    public static readonly FlagParameter WaitForFile = new("wait", "Whether the answer waits until the text file holds the commit.");

    /// <summary>What the caller knows already.</summary>
    public static readonly HeaderParameter IfNoneMatch = new("If-None-Match", "Tags of what the caller has; what still has one of them is not sent again. With a change, * has it refused unless it makes something new.");

    /// <summary>What must still hold.</summary>
    public static readonly HeaderParameter IfMatch = new("If-Match", "Tags, or *: the change is refused unless what it is about has one of them when it is decided.");

    /// <summary>Names the request.</summary>
    public static readonly HeaderParameter IdempotencyKey = new("Idempotency-Key", "The caller's name for the request: sent again it is not carried out twice. A POST gets the same answer again, and is refused with another body; of other changes of a module only the first under a name is carried out, whatever they are.");

    /// <summary>How many are answered.</summary>
    public static NumberParameter Count(int most, int otherwise) => new("count", "The most to answer with.", 1, most, otherwise);
}
