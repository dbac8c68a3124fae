// Invariants: all under _gate. A token is nowhere in here, only its hash. Each session is of a user who has shown his password.
using System.Security.Cryptography;
using System.Text;
using Cms.Formats.Mapping;

namespace Cms.Gateways.Authentication.Sessions;

/// <summary>Who is logged in. In memory: when the daemon ends, everybody is logged out.</summary>
/// <remarks>Any thread may call. Times are those of the boot clock, which nobody sets.</remarks>
/// <param name="clock">The time.</param>
/// <param name="limits">How long sessions last.</param>
internal sealed class SessionStore(IBootClock clock, SessionLimits limits)
{
    /// <summary>How the token of a session begins.</summary>
    public const string Prefix = "cmss_";

    /// <summary>The most sessions of one user; a further login ends the one that was unused for longest.</summary>
    public const int MostOfOneUser = 100;

    /// <summary>The most sessions.</summary>
    public const int MostSessions = 10_000;

    private const int TokenSizeBytes = 32;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    /// <summary>How long sessions last.</summary>
    public SessionLimits Limits => limits;

    /// <summary>How many there are, ended ones among them until somebody logs in.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _sessions.Count;
            }
        }
    }

    /// <summary>How many there are that go on.</summary>
    public int CountLive()
    {
        lock (_gate)
        {
            return _sessions.Values.Count(session => !HasEnded(session));
        }
    }

    /// <summary>Begins a session under a new token.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="password">The stored hash that he has matched; a session does not outlive its change.</param>
    /// <returns>The token, which is told once; null when too many are logged in.</returns>
    public (string Token, Session Session)? TryBegin(string user, string password)
    {
        var token = Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenSizeBytes));
        lock (_gate)
        {
            MakeRoom(user);
            if (_sessions.Count >= MostSessions)
            {
                return null;
            }

            var session = new Session(user, password, clock.Now + limits.Longest) { Used = clock.Now };
            _sessions.Add(HashOf(token), session);
            return (token, session);
        }
    }

    /// <summary>The session of a token, which is used by that; null when there is none or it has ended.</summary>
    public Session? Use(string token)
    {
        var hash = HashOf(token);
        lock (_gate)
        {
            return _sessions.TryGetValue(hash, out var session) && Touch(session) ? session : null;
        }
    }

    /// <summary>Uses a session that was found before.</summary>
    /// <returns>Whether it goes on.</returns>
    public bool Use(Session session)
    {
        lock (_gate)
        {
            return Touch(session);
        }
    }

    /// <summary>Whether a session is one of a user with this stored hash.</summary>
    public bool Fits(Session session, string password)
    {
        lock (_gate)
        {
            return session.Password == password || session.NextPassword == password;
        }
    }

    /// <summary>Has a session go on through a change of its user's password, which ends all his others.</summary>
    /// <param name="session">The session in which it is changed.</param>
    /// <param name="next">The hash that is about to be stored; it counts as soon as it is.</param>
    /// <param name="store">Stores it.</param>
    /// <returns>What storing it has come to.</returns>
    public async Task<T> CarryOverAsync<T>(Session session, string next, Func<Task<(T Result, bool IsStored)>> store)
    {
        Announce(session, next);
        var (result, isStored) = await store();
        Settle(session, next, isStored);
        return result;
    }

    /// <summary>How long a session lasts if nobody uses it.</summary>
    public TimeSpan Remaining(Session session)
    {
        var idle = session.Used + limits.Idle - clock.Now;
        var whole = session.Ends - clock.Now;
        return idle < whole ? idle : whole;
    }

    /// <summary>Ends a session.</summary>
    /// <returns>Whether there was one.</returns>
    public bool End(string token)
    {
        lock (_gate)
        {
            return Remove(HashOf(token));
        }
    }

    // The tokens are random, so that a fast hash without salt hides them as well as a slow one.
    private static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private bool Touch(Session session)
    {
        if (HasEnded(session))
        {
            return false;
        }

        session.Used = clock.Now;
        return true;
    }

    private void Announce(Session session, string next)
    {
        lock (_gate)
        {
            session.NextPassword = next;
        }
    }

    // Where it failed with an exception nobody knows what is stored, and both hashes stay good: each was made from a password that he has shown.
    private void Settle(Session session, string next, bool isStored)
    {
        lock (_gate)
        {
            session.Password = isStored ? next : session.Password;
            session.NextPassword = session.NextPassword == next ? null : session.NextPassword;
        }
    }

    private bool Remove(string hash)
    {
        if (!_sessions.Remove(hash, out var session))
        {
            return false;
        }

        session.IsOver = true;
        return true;
    }

    private bool HasEnded(Session session) => session.IsOver || clock.Now >= session.Ends || clock.Now - session.Used >= limits.Idle;

    private void MakeRoom(string user)
    {
        foreach (var (hash, _) in _sessions.Where(pair => HasEnded(pair.Value)).ToList())
        {
            Remove(hash);
        }

        var own = _sessions.Where(pair => pair.Value.User == user).ToList();
        if (own.Count >= MostOfOneUser)
        {
            Remove(own.MinBy(pair => pair.Value.Used).Key);
        }
    }
}
