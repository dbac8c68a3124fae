using System.Globalization;
using Cms.Formats.Access;
using Cms.Formats.Refusals;

namespace Cms.Cli.Commands;

/// <summary>access check: says what is wrong with rules in a file; needs no daemon.</summary>
internal static class AccessCheckCommand
{
    /// <summary>Checks a text file as module <c>access</c>.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(CommandContext context, string path)
    {
        var module = TargetFile.Parse(path, AccessScope.RulesModule);
        var rules = AccessRules.Read(module, out var found);
        _ = LimitRules.Read(module, out var limits);
        AccessMistake[] mistakes = [.. found, .. limits];
        if (context.Output.IsJson)
        {
            context.Output.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("file", path);
                json.WriteStartArray("mistakes");
                foreach (var mistake in mistakes)
                {
                    json.WriteStartObject();
                    json.WriteString("path", mistake.Path);
                    json.WriteString("problem", mistake.Problem);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
        }
        else
        {
            foreach (var mistake in mistakes)
            {
                context.Output.WriteLine($"{path}: {mistake}");
            }

            if (rules is not null)
            {
                context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: rules: {rules.Count}"));
            }
        }

        return mistakes.Length > 0 ? ErrorCodes.Of(ErrorCode.InvalidArgument).ExitCode : ExitCodes.Success;
    }
}
