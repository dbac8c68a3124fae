using System.Security.Cryptography;
using System.Text;
using Cms.Formats.Mapping;
using Cms.Formats.Signatures;

namespace Cms.Storage.Keys;

/// <summary>The keys that exports of modules are signed with: a file for each name that a schema's <c>sha_key</c> says.</summary>
/// <param name="stateDirectory">In whose directory <c>signing</c> they are.</param>
/// <remarks>Any thread. They are read when they are needed, so that a file that was copied there is in use at once.</remarks>
public sealed class SigningKeys(string stateDirectory)
{
    private const int LeastBytes = 32;
    private const int MostBytes = 4096;
    private const uint OwnerOnly = 0x180;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OfOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly string _directory = Path.Combine(stateDirectory, "signing");

    /// <summary>Reads a key.</summary>
    /// <param name="name">Its name, which may come from anybody.</param>
    /// <param name="problem">Why there is none, for people, when this returns null.</param>
    /// <returns>The key, which the caller zeroes.</returns>
    public byte[]? TryLoad(string name, out string problem)
    {
        problem = $"'{name}' cannot name a key: use 1 to 64 letters, digits, -, _ and dots, no dot first";
        if (!ModuleSignature.IsKeyName(name))
        {
            return null;
        }

        var path = PathOf(name);
        try
        {
            problem = !File.Exists(path) ? $"there is no key {path}: copy it from another node that has it, or make one there and copy it to all: cmsd signing-key {name}"
                : (File.GetUnixFileMode(path) & OfOthers) != 0 ? $"others may read or write the key {path}; give it mode 0600, and replace it where it may be known"
                : $"{path} is no key: it must be a line of base64 of {LeastBytes} bytes or more";
            return File.Exists(path) && (File.GetUnixFileMode(path) & OfOthers) == 0 && new FileInfo(path).Length <= MostBytes ? Parse(File.ReadAllText(path)) : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            problem = $"the key {path} cannot be read: {unreadable.Message}";
            return null;
        }
    }

    /// <summary>Makes a key; it is durable when this returns.</summary>
    /// <returns>The path of its file.</returns>
    /// <exception cref="IOException">The name is not legal or taken, or it cannot be written.</exception>
    public string Create(string name)
    {
        var path = ModuleSignature.IsKeyName(name) ? PathOf(name) : throw new IOException($"'{name}' cannot name a key: use 1 to 64 letters, digits, -, _ and dots, no dot first");
        if (Path.Exists(path))
        {
            throw new IOException($"{path} is there already; what it has signed could not be imported any more if it were replaced");
        }

        Directory.CreateDirectory(_directory, Private);
        var key = RandomNumberGenerator.GetBytes(LeastBytes);
        DurableFile.Replace(path, file => file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(key) + "\n")), OwnerOnly);
        CryptographicOperations.ZeroMemory(key);
        return path;
    }

    private string PathOf(string name) => Path.Combine(_directory, name + ".key");

    private static byte[]? Parse(string text)
    {
        var bytes = new byte[text.Length];
        var isKey = Convert.TryFromBase64String(text.Trim(), bytes, out var length) && length >= LeastBytes;
        var key = isKey ? bytes[..length] : null;
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }
}
