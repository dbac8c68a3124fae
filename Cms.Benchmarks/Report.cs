using System.Globalization;
using System.Text.Json;

namespace Cms.Benchmarks;

/// <summary>The figures of one suite: a table for people, a list in JSON for programs.</summary>
internal sealed class Report(string suite)
{
    private readonly List<Figure> _figures = [];

    /// <summary>Adds a figure.</summary>
    /// <param name="name">Stable over versions, so that figures can be compared.</param>
    /// <param name="value">How much.</param>
    /// <param name="unit">Of what.</param>
    public void Add(string name, double value, string unit)
    {
        _figures.Add(new Figure(name, value, unit, null));
        Console.Error.WriteLine($"{suite}: {name} {Format(value)} {unit}");
    }

    /// <summary>Adds a figure that should stay below a bound.</summary>
    public void AddBelow(string name, double value, string unit, double bound) =>
        AddTarget(name, value, unit, $"< {Format(bound)}{(value < bound ? "" : "  MISSED")}");

    /// <summary>Adds a figure that should be above a bound.</summary>
    public void AddAbove(string name, double value, string unit, double bound) =>
        AddTarget(name, value, unit, $"> {Format(bound)}{(value > bound ? "" : "  MISSED")}");

    /// <summary>Prints the table.</summary>
    public void Print(TextWriter output)
    {
        var nameWidth = _figures.Max(figure => figure.Name.Length);
        var valueWidth = _figures.Max(figure => Format(figure.Value).Length);
        output.WriteLine($"suite {suite}");
        foreach (var figure in _figures)
        {
            output.WriteLine($"  {figure.Name.PadRight(nameWidth)}  {Format(figure.Value).PadLeft(valueWidth)} {figure.Unit,-10} {figure.Target}".TrimEnd());
        }
    }

    /// <summary>Writes the figures as SUITE.json.</summary>
    /// <param name="directory">Made when missing.</param>
    public void Save(string directory)
    {
        Directory.CreateDirectory(directory);
        using var file = File.Create(Path.Combine(directory, suite + ".json"));
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartArray();
        foreach (var figure in _figures)
        {
            json.WriteStartObject();
            json.WriteString("name", figure.Name);
            json.WriteNumber("value", Math.Round(figure.Value, 3));
            json.WriteString("unit", figure.Unit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Format(double value) => value.ToString("#,0.###", CultureInfo.InvariantCulture);

    private void AddTarget(string name, double value, string unit, string target)
    {
        Add(name, value, unit);
        _figures[^1] = _figures[^1] with { Target = target };
    }

    private sealed record Figure(string Name, double Value, string Unit, string? Target);
}
