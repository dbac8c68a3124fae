using Cms.Formats.Mapping;
using Cms.Storage.Encryption;

namespace Cms.Host;

/// <summary><c>cmsd identity</c>, <c>recipient</c>, <c>encrypt</c> and <c>decrypt</c>: keys that files are encrypted to, with no daemon.</summary>
internal static class EncryptionCommands
{
    private const int Good = 0;
    private const int Failed = 1;
    private const int Usage = 2;
    private const int CopyBytes = 64 * 1024;
    private const string Standard = "-";
    private const uint OwnerOnly = 0x180;

    /// <summary>What can be written, a line each.</summary>
    public static readonly IReadOnlyList<string> Lines =
    [
        "cmsd identity FILE                     makes an identity, a file that nobody else may read, and prints its recipient",
        "cmsd recipient FILE                    prints the recipient of an identity",
        "cmsd encrypt RECIPIENT [FROM [TO]]     encrypts a file to the recipient in the file RECIPIENT",
        "cmsd decrypt IDENTITY [FROM [TO]]      decrypts it; TO is there only when all of it was right",
    ];

    /// <summary>Whether this names one of these commands.</summary>
    public static bool IsOne(string name) => name is "identity" or "recipient" or "encrypt" or "decrypt";

    /// <summary>Runs a command.</summary>
    /// <param name="arguments">Its name and what follows.</param>
    /// <returns>0 when it did its work, 1 when it could not, 2 when it was not written rightly.</returns>
    public static int Run(string[] arguments)
    {
        try
        {
            switch (arguments)
            {
                case ["identity", var path]:
                    MakeIdentity(path);
                    return Good;
                case ["recipient", var path]:
                    using (var identity = Identity.Load(path))
                    {
                        Print(identity.Recipient);
                    }

                    return Good;
                case ["encrypt", var path, .. { Length: <= 2 } files]:
                    Encrypt(Recipient.Load(path), PlaceOf(files, 0), PlaceOf(files, 1));
                    return Good;
                case ["decrypt", var path, .. { Length: <= 2 } files]:
                    Decrypt(path, PlaceOf(files, 0), PlaceOf(files, 1));
                    return Good;
                default:
                    Console.Error.WriteLine($"cmsd: {arguments[0]} is written so:\n  {Lines.First(line => line.StartsWith($"cmsd {arguments[0]} ", StringComparison.Ordinal))}");
                    return Usage;
            }
        }
        catch (Exception failure) when (failure is EncryptionException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"cmsd: {failure.Message}");
            return Failed;
        }
    }

    private static void MakeIdentity(string path)
    {
        using var identity = Identity.Create();
        identity.Save(path);
        Print(identity.Recipient);
        if (!identity.Recipient.IsHybrid)
        {
            Console.Error.WriteLine($"cmsd: the identity in {path} has a key of ECDH P-256 alone: this machine does not offer ML-KEM-768, which takes OpenSSL 3.5 or later");
        }
    }

    private static void Print(Recipient recipient)
    {
        Console.Out.WriteLine($"# recipient {recipient.Id}: {(recipient.IsHybrid ? "ECDH P-256 and ML-KEM-768" : "ECDH P-256 alone, without ML-KEM")}");
        Console.Out.WriteLine(recipient.Text);
    }

    private static void Encrypt(Recipient recipient, string from, string to)
    {
        using var source = Open(from);
        Write(to, target =>
        {
            using var encrypted = new EncryptingStream(target, recipient);
            source.CopyTo(encrypted, CopyBytes);
            encrypted.Complete();
        });
    }

    private static void Decrypt(string path, string from, string to)
    {
        using var identity = Identity.Load(path);
        using var source = Open(from);
        Write(to, target => EncryptedFile.Decrypt(source, target, identity, from == Standard ? "standard input" : from));
    }

    private static string PlaceOf(string[] files, int index) => index < files.Length ? files[index] : Standard;

    private static Stream Open(string path) => path == Standard ? Console.OpenStandardInput() : File.OpenRead(path);

    private static void Write(string path, Action<Stream> write)
    {
        if (path != Standard)
        {
            // A device would be replaced by a file, and a file by what may be read by nobody.
            if (Path.Exists(path))
            {
                throw new IOException($"{path} is there already; name a file that is not");
            }

            DurableFile.Replace(path, write, OwnerOnly);
            return;
        }

        using var output = Console.OpenStandardOutput();
        write(output);
        output.Flush();
    }
}
