using System.Globalization;

namespace Cms.Benchmarks;

/// <summary>How many files and sockets this process, and with it those that it starts, may have open.</summary>
internal static class FileLimit
{
    /// <summary>Makes sure that so many can be open.</summary>
    /// <exception cref="InstallationException">They cannot.</exception>
    public static void Check(int wanted)
    {
        // .NET raises its own limit to the hard one, which what it starts inherits.
        var words = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words[^2] != "unlimited" && long.Parse(words[^2], CultureInfo.InvariantCulture) is var limit && limit < wanted)
        {
            throw new InstallationException($"{wanted} files and sockets have to be open at once and this process may have {limit}; raise the hard limit: prlimit --nofile={wanted}:{wanted} --pid $$ as root, or ulimit -n {wanted}");
        }
    }
}
