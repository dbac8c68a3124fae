using System.Runtime.Versioning;

// Modes of files and the like are Linux's; the tests run nowhere else.
[assembly: SupportedOSPlatform("linux")]
