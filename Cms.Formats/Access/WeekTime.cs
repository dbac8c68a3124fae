using System.Globalization;

namespace Cms.Formats.Access;

/// <summary>A time of the week at which a rule holds: <c>mon-fri 08:00-18:00</c>. Pure.</summary>
/// <remarks>Of days or of hours one may be left out. Hours that pass midnight belong to the day on which they begin.</remarks>
internal sealed class WeekTime
{
    private const int DayMinutes = 24 * 60;
    private static readonly string[] Names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    private readonly bool[] _days;
    private readonly int _from;
    private readonly int _to;

    private WeekTime(bool[] days, int from, int to) => (_days, _from, _to) = (days, from, to);

    /// <summary>Takes a text apart; null when it is none.</summary>
    public static WeekTime? TryParse(string text)
    {
        var parts = text.Split(' ');
        if (parts.Length > 2)
        {
            return null;
        }

        var hasHours = char.IsAsciiDigit(parts[^1].FirstOrDefault());
        var days = parts.Length == 2 || !hasHours ? DaysOf(parts[0]) : [.. Names.Select(_ => true)];
        var hours = !hasHours ? parts.Length == 1 ? (0, DayMinutes) : null : HoursOf(parts[^1]);
        return days is not null && hours is var (from, to) ? new WeekTime(days, from, to) : null;
    }

    /// <summary>Whether a moment is in it, by the clock that the moment is given in.</summary>
    public bool Holds(DateTimeOffset moment)
    {
        var minute = (int)moment.TimeOfDay.TotalMinutes;
        var today = (int)moment.DayOfWeek;
        return _from < _to
            ? _days[today] && minute >= _from && minute < _to
            : (_days[today] && minute >= _from) || (_days[(today + 6) % 7] && minute < _to);
    }

    private static bool[]? DaysOf(string text)
    {
        var days = new bool[Names.Length];
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-');
            var (first, last) = (Array.IndexOf(Names, ends[0]), Array.IndexOf(Names, ends[^1]));
            if (ends.Length > 2 || first < 0 || last < 0)
            {
                return null;
            }

            for (var day = first; ; day = (day + 1) % Names.Length)
            {
                days[day] = true;
                if (day == last)
                {
                    break;
                }
            }
        }

        return days;
    }

    private static (int From, int To)? HoursOf(string text) =>
        text.Split('-') is [var first, var last] && MinuteOf(first) is { } from && MinuteOf(last) is { } to && from != to && from < DayMinutes ? (from, to) : null;

    private static int? MinuteOf(string text) =>
        text.Split(':') is [{ Length: 2 } hour, { Length: 2 } minute]
        && int.TryParse(hour, NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
        && int.TryParse(minute, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
        && minutes < 60 && (hours * 60) + minutes is var sum and <= DayMinutes ? sum : null;
}
