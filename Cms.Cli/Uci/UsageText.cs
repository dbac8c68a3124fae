namespace Cms.Cli.Uci;

/// <summary>What <c>uci</c> prints when it was not understood.</summary>
internal static class UsageText
{
    /// <summary>The text for a program of this name.</summary>
    public static string For(string applicationName) =>
        $$"""
        Usage: {{applicationName}} [<option>...] <command> [<argument>]

        Reading:
          show    [<package>[.<section>[.<option>]]]   values in the form of an assignment
          get     <package>.<section>[.<option>]       a bare value, or a section's type
          export  [<package>]                          the text of a package
          changes [<package>]                          what waits for a commit

        Changing (waits for a commit):
          set      <package>.<section>[.<option>]=<value>
          add      <package> <type>                    a section without a name
          add_list <package>.<section>.<option>=<element>
          del_list <package>.<section>.<option>=<element>
          delete   <package>.<section>[.<option>[=<index>]]
          rename   <package>.<section>[.<option>]=<name>
          reorder  <package>.<section>=<position>
          revert   <package>[.<section>[.<option>]]
          commit   [<package>]

        More:
          import [<package>]                           reads packages from standard input
          batch                                        reads commands from standard input
          help

        Options:
          -c <dir>   where the packages are (/etc/config)
          -C <dir>   where packages that override them are (/var/run/uci)
          -d <text>  between the elements of a list (a blank)
          -f <file>  read this instead of standard input
          -m         import merges into the package
          -n, -N     export names sections that have no name, or does not (default)
          -p <dir>   also read waiting changes from here
          -P <dir>   as -t, and commit does nothing
          -t <dir>   where changes wait (/tmp/.uci)
          -q         no error messages
          -s, -S     stop at malformed lines (default), or report and skip them
          -X         show computed names instead of @type[index]

        """;
}
