namespace Cms.Cli.Output;

/// <summary>How answers are printed.</summary>
internal enum OutputFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>JSON, one value a line.</summary>
    Json,

    /// <summary>The same values as YAML documents.</summary>
    Yaml,
}
