namespace Cms.Formats.Access;

/// <summary>What rules allow or deny.</summary>
public enum AccessAction
{
    /// <summary>Seeing values, past ones too.</summary>
    Read,

    /// <summary>Hearing of changes as they are made; what is told has to be readable too.</summary>
    Watch,

    /// <summary>Changing values.</summary>
    Write,

    /// <summary>Acts above single values: schemas of a module, and on <c>*</c> everything about the node.</summary>
    Admin,
}
