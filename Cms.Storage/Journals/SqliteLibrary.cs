using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Cms.Storage.Journals;

/// <summary>Binds the SQLite provider to the system's library, which the distribution keeps patched.</summary>
internal static class SqliteLibrary
{
    private const string SystemName = "libsqlite3.so.0";

    static SqliteLibrary()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
    }

    /// <summary>Call before the first connection; further calls do nothing.</summary>
    /// <exception cref="DllNotFoundException">The system has no libsqlite3.so.0: install the package libsqlite3-0.</exception>
    public static void Bind() => System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(SqliteLibrary).TypeHandle);

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? search) =>
        name == "e_sqlite3" ? NativeLibrary.Load(SystemName) : IntPtr.Zero;
}
