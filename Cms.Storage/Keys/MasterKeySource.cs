using System.Buffers.Text;
using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Cms.Formats.Mapping;
using Cms.Formats.Secrets;

namespace Cms.Storage.Keys;

/// <summary>Where the master key comes from: a file, a credential of systemd, or a command.</summary>
/// <param name="setting">The setting <c>master_key</c>: a path, <c>credential:NAME</c> or <c>command:LINE</c>.</param>
/// <param name="stateDirectory">Where a relative path is.</param>
/// <param name="environment">Answers the variables of the environment.</param>
public sealed class MasterKeySource(string setting, string stateDirectory, Func<string, string?> environment)
{
    private const string Credential = "credential:";
    private const string Command = "command:";
    private const int MostBytes = 4096;
    private const UnixFileMode ReadableByOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private static readonly TimeSpan LongestCommand = TimeSpan.FromSeconds(30);

    /// <summary>The file that the key is in; null when it comes from elsewhere.</summary>
    public string? FilePath => IsFile ? Path.Combine(stateDirectory, setting) : null;

    private string? NextPath => FilePath is { } path ? path + ".next" : null;

    private bool IsFile => !setting.StartsWith(Credential, StringComparison.Ordinal) && !setting.StartsWith(Command, StringComparison.Ordinal);

    /// <summary>Whether a setting can be one.</summary>
    public static bool IsLegal(string setting) => setting.Length > 0 && setting is not (Credential or Command) && !setting.StartsWith("credential:/", StringComparison.Ordinal) && !setting.Contains("credential:..", StringComparison.Ordinal);

    /// <summary>Gets the key.</summary>
    /// <param name="mayCreate">Whether a file that is not there is made, with a new key.</param>
    /// <exception cref="MasterKeyException">It cannot be had.</exception>
    public MasterKey Load(bool mayCreate)
    {
        try
        {
            return new MasterKey(IsFile ? LoadFile(FilePath!, mayCreate)
                : setting.StartsWith(Credential, StringComparison.Ordinal) ? LoadCredential(setting[Credential.Length..])
                : LoadCommand(setting[Command.Length..]));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or Win32Exception)
        {
            throw new MasterKeyException($"the master key ({Described}) cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>Makes the key that is to replace the one in the file; it is durable beside that and not yet in use.</summary>
    /// <exception cref="MasterKeyException">It cannot be made; nothing was changed.</exception>
    public MasterKey CreateNext()
    {
        try
        {
            Write(NextPath!);
            return new MasterKey(LoadFile(NextPath!, mayCreate: false));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new MasterKeyException($"a new master key cannot be made: {failure.Message}; nothing was changed", failure);
        }
    }

    /// <summary>Puts the key that was made to replace the one in the file in its place, or removes it when it was never used.</summary>
    /// <param name="isInUse">Whether data keys are wrapped by the master key of an id.</param>
    /// <exception cref="MasterKeyException">That is not possible; it is tried again at the next start.</exception>
    public void FinishReplacing(Func<string, bool> isInUse)
    {
        if (NextPath is not { } next || !File.Exists(next))
        {
            return;
        }

        try
        {
            using var key = new MasterKey(LoadFile(next, mayCreate: false));
            if (isInUse(key.Id))
            {
                File.Move(next, FilePath!, overwrite: true);
            }
            else
            {
                File.Delete(next);
            }

            DurableFile.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(next))!);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new MasterKeyException($"the new master key {next} cannot be put in its place: {failure.Message}", failure);
        }
    }

    /// <summary>Writes a new key into a file that only its owner may read; durable when it returns.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal static void Write(string path)
    {
        var key = new byte[DataKey.SizeBytes];
        RandomNumberGenerator.Fill(key);
        var text = new byte[Base64.GetMaxEncodedToUtf8Length(key.Length) + 1];
        _ = Base64.EncodeToUtf8(key, text, out _, out var length);
        text[length] = (byte)'\n';
        DurableFile.Replace(path, stream => stream.Write(text, 0, length + 1), permissions: 0x180);
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(text);
    }

    // A command may have arguments that are nobody's to hear.
    private string Described => setting.StartsWith(Command, StringComparison.Ordinal) ? "a command" : setting;

    private static KeyMemory LoadFile(string path, bool mayCreate)
    {
        if (!File.Exists(path))
        {
            if (!mayCreate)
            {
                throw new MasterKeyException($"there is no master key {path}, and data keys were wrapped by one; put it back from where you keep it");
            }

            Write(path);
        }

        if ((File.GetUnixFileMode(path) & ReadableByOthers) != 0)
        {
            throw new MasterKeyException($"others may read or write the master key {path}; give it mode 0600 and rotate it: cms secret rotate-master");
        }

        return Parse(File.ReadAllBytes(path), path);
    }

    private KeyMemory LoadCredential(string name)
    {
        var directory = environment("CREDENTIALS_DIRECTORY")
            ?? throw new MasterKeyException($"the master key is to be the credential {name}, but systemd gave none; put LoadCredentialEncrypted={name} into the unit");
        var path = Path.Combine(directory, name);
        return File.Exists(path)
            ? Parse(File.ReadAllBytes(path), $"the credential {name}")
            : throw new MasterKeyException($"systemd gave no credential {name}; put LoadCredentialEncrypted={name} into the unit");
    }

    private static KeyMemory LoadCommand(string line)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", line }, RedirectStandardOutput = true, RedirectStandardInput = true })!;
        process.StandardInput.Close();
        using var ending = new Timer(_ => process.Kill(entireProcessTree: true), null, LongestCommand, Timeout.InfiniteTimeSpan);
        var text = new byte[MostBytes];
        var length = process.StandardOutput.BaseStream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            CryptographicOperations.ZeroMemory(text);
            throw new MasterKeyException($"the command of master_key ended with {process.ExitCode}; run it by hand as the user of cmsd");
        }

        var read = text[..length];
        CryptographicOperations.ZeroMemory(text);
        return Parse(read, "what the command of master_key prints");
    }

    // 32 bytes as they are, or as base64 or hexadecimal text on one line.
    private static KeyMemory Parse(byte[] text, string source)
    {
        var key = new byte[DataKey.SizeBytes];
        try
        {
            if (!TryParse(text, key))
            {
                throw new MasterKeyException($"{source} is no key: it must be 32 bytes, or these as base64 or hexadecimal text");
            }

            var memory = new KeyMemory(DataKey.SizeBytes);
            memory.Use(bytes => key.CopyTo(bytes));
            return memory;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(text);
        }
    }

    private static bool TryParse(ReadOnlySpan<byte> text, Span<byte> key)
    {
        if (text.Length == key.Length)
        {
            text.CopyTo(key);
            return true;
        }

        var line = Ascii.Trim(text) is var range ? text[range] : text;
        return (line.Length == 2 * key.Length && Convert.FromHexString(line, key, out _, out var digits) == System.Buffers.OperationStatus.Done && digits == key.Length)
            || (line.Length == Base64.GetMaxEncodedToUtf8Length(key.Length) && Base64.DecodeFromUtf8(line, key, out _, out var length) == System.Buffers.OperationStatus.Done && length == key.Length);
    }
}
