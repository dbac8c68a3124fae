using System.Collections.Frozen;
using System.Globalization;

namespace Cms.Actors.Access;

/// <summary>Names of Unix groups, from <c>/etc/group</c>; a group that is not there is called by its number.</summary>
/// <remarks>Any thread may call. The file is read again when it has changed.</remarks>
public static class UnixGroups
{
    private const string Path = "/etc/group";
    private static volatile Known _known = new(default, FrozenDictionary<uint, string>.Empty);

    /// <summary>The names of groups, each once.</summary>
    /// <param name="groups">Their numbers.</param>
    public static IEnumerable<string> NamesOf(IReadOnlyList<uint> groups)
    {
        var names = Read().Names;
        return groups.Distinct().Select(group => names.TryGetValue(group, out var name) ? name : group.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The number of the group that is called so by <see cref="NamesOf"/>; null when there is none, or more than one.</summary>
    public static uint? Find(string name)
    {
        var names = Read().Names;
        var numbers = names.Where(group => group.Value == name).Select(group => group.Key).ToList();
        return numbers.Count > 0 ? numbers is [var only] ? only : null
            : uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && !names.ContainsKey(number) ? number : null;
    }

    private static Known Read()
    {
        var written = File.GetLastWriteTimeUtc(Path);
        if (_known.Written == written)
        {
            return _known;
        }

        var names = new Dictionary<uint, string>();
        foreach (var fields in Lines().Select(line => line.Split(':')))
        {
            if (fields.Length >= 3 && fields[0].Length > 0 && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                names.TryAdd(number, fields[0]);
            }
        }

        return _known = new(written, names.ToFrozenDictionary());
    }

    private static string[] Lines()
    {
        try
        {
            return File.ReadAllLines(Path);
        }
        catch (IOException)
        {
            // A machine without the file has groups by their numbers only.
            return [];
        }
    }

    private sealed record Known(DateTime Written, FrozenDictionary<uint, string> Names);
}
