using System.Text;
using Cms.Formats.Edits;
using Cms.Formats.Modules;
using Cms.Formats.Uci;
using Xunit;

namespace Cms.Tests.Edits;

/// <summary>Runs merge plans and says what modules hold.</summary>
internal static class MergeAssert
{
    public static UciPackage Parse(string text) => UciPackage.Parse("p", Encoding.Latin1.GetBytes(text), UciReaderOptions.Default);

    /// <summary>The state that a plan leaves; every operation of it must be accepted.</summary>
    public static IModuleView Run(MergePlan plan, IModuleView current, string context = "")
    {
        var session = new EditSession(current, EditLimits.Default);
        foreach (var operation in plan.Operations)
        {
            var refusal = session.Apply(operation);
            Assert.True(refusal is null, $"{context}: {operation} is refused: {refusal?.Message}");
        }

        return session.State;
    }

    public static string TextOf(IModuleView module)
    {
        using var text = new MemoryStream();
        UciWriter.Write(module, text);
        return Encoding.Latin1.GetString(text.ToArray());
    }
}
