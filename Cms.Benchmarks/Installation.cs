namespace Cms.Benchmarks;

/// <summary>The built programs that are measured, and where measuring may write.</summary>
/// <param name="Root">The directory of Cms.sln.</param>
internal sealed record Installation(string Root)
{
    private const string SharedMemory = "/dev/shm";

    /// <summary>The daemon.</summary>
    public string Daemon => Path.Combine(Root, "artifacts", "bin", "cmsd");

    /// <summary>The command.</summary>
    public string Command => Path.Combine(Root, "artifacts", "bin", "cms");

    /// <summary>Where Python finds the package.</summary>
    public string PythonPath => Path.Combine(Root, "artifacts", "lib", "python3");

    /// <summary>One of the suites' programs in C.</summary>
    public string Native(string name) => Path.Combine(ReportDirectory, name);

    /// <summary>Where reports are left.</summary>
    public string ReportDirectory => Path.Combine(Root, "artifacts", "bench");

    /// <summary>Finds the repository that a program was built in.</summary>
    /// <param name="start">A directory below the repository's.</param>
    /// <exception cref="InstallationException">There is no repository above, or its programs are not built.</exception>
    public static Installation Find(string start)
    {
        for (var directory = new DirectoryInfo(start); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Cms.sln")))
            {
                return new Installation(directory.FullName).Checked();
            }
        }

        throw new InstallationException($"there is no Cms.sln above {start}; run the benchmarks from the repository");
    }

    /// <summary>A directory of this process for what must last: on a disk, gone when disposed.</summary>
    /// <exception cref="InstallationException">The repository is on tmpfs, where nothing that a flush costs shows.</exception>
    public Scratch NewDiskScratch()
    {
        var scratch = new Scratch(Path.Combine(Root, "artifacts", "scratch"));
        if (new DriveInfo(scratch.Path).DriveFormat == "tmpfs")
        {
            scratch.Dispose();
            throw new InstallationException($"{Root} is on tmpfs; durable figures need a disk, so clone the repository to one");
        }

        return scratch;
    }

    /// <summary>A directory of this process for sockets and segments: in memory where the machine has /dev/shm, gone when disposed.</summary>
    public Scratch NewRunScratch() => new(Directory.Exists(SharedMemory) ? SharedMemory : Path.Combine(Root, "artifacts", "scratch"));

    private Installation Checked()
    {
        foreach (var program in new[] { Daemon, Command })
        {
            if (!File.Exists(program))
            {
                throw new InstallationException($"{program} is missing; run `make build` first");
            }
        }

        return this;
    }
}

/// <summary>What is measured is not there.</summary>
internal sealed class InstallationException(string message) : Exception(message);
