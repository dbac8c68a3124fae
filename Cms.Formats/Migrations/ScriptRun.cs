using System.Diagnostics;
using System.Globalization;
using Cms.Formats.Edits;
using Cms.Formats.Migrations.Expressions;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;

namespace Cms.Formats.Migrations;

/// <summary>One run of a migration script over a module. Pure; used once.</summary>
/// <param name="session">Takes the changes.</param>
/// <param name="budget">What the run may do.</param>
internal sealed class ScriptRun(EditSession session, ScriptBudget budget)
{
    private long _born;
    private SectionView? _current;

    /// <summary>Runs statements.</summary>
    /// <returns>Null, or why the script cannot be run on this module, with the place in the script.</returns>
    public Refusal? Run(IReadOnlyList<ScriptStatement> statements)
    {
        try
        {
            Carry(statements);
            return null;
        }
        catch (RefusedException refused)
        {
            return refused.Refusal;
        }
    }

    private void Carry(IReadOnlyList<ScriptStatement> statements)
    {
        var wasInForEach = _current is not null;
        foreach (var statement in statements)
        {
            Take(statement, budget.TryTakeStep());
            Carry(statement);

            // What belongs to a section that the script has deleted is not carried out any more.
            if (wasInForEach && _current is null)
            {
                return;
            }
        }
    }

    private void Carry(ScriptStatement statement)
    {
        switch (statement)
        {
            case ScriptStatement.Change change:
                Carry(change);
                break;
            case ScriptStatement.Transform transform:
                Carry(transform);
                break;
            case ScriptStatement.ForEach forEach:
                Carry(forEach);
                break;
            case ScriptStatement.If choice:
                Carry(Holds(choice.Condition) ? choice.Then : choice.Otherwise);
                break;
            case ScriptStatement.RenameOption rename:
                OnEach(rename, rename.Type, rename.Option, section => new ModuleOperation.RenameOption(section, rename.Option, rename.NewOption));
                break;
            case ScriptStatement.DeleteOption delete:
                OnEach(delete, delete.Type, delete.Option, section => new ModuleOperation.DeleteOption(section, delete.Option));
                break;
            case ScriptStatement.RenameType rename:
                OnEach(rename, rename.Type, option: null, section => new ModuleOperation.SetSection(section, rename.NewType));
                break;
            case ScriptStatement.Refuse refuse:
                throw Refuse(refuse.Place, ErrorCode.InvalidArgument, refuse.Reason);
            default:
                throw new UnreachableException($"unknown statement {statement.GetType().Name}");
        }
    }

    private void Carry(ScriptStatement.Change change)
    {
        var operation = change.Operation switch
        {
            ModuleOperation.AddSection add => add with { Key = string.Create(CultureInfo.InvariantCulture, $"new{_born++}") },
            ModuleOperation.OfSection of when change.IsOfCurrent => of with { Section = new SectionSelector.ById(_current!.Id) },
            ModuleOperation.OfSection { Section: SectionSelector.ByIndex or SectionSelector.ByName } of when Find(change, of.Section) is { } found =>
                of with { Section = new SectionSelector.ById(found.Id) },
            var other => other,
        };
        TakeWork(change, operation);
        Apply(change, operation);
        if (_current is { } current && operation is not ModuleOperation.OfOption)
        {
            _current = session.State.FindSection(current.Id);
        }
    }

    // To move a section its place is looked for; to change a list it is copied.
    private void TakeWork(ScriptStatement.Change change, ModuleOperation operation)
    {
        if (operation is ModuleOperation.MoveSection)
        {
            Take(change, budget.TryTakeSections(session.State.SectionCount));
        }
        else if (operation is ModuleOperation.OfOption { Section: SectionSelector.ById { Id: var section } } of and not (ModuleOperation.SetOption or ModuleOperation.DeleteOption or ModuleOperation.RenameOption)
            && session.State.FindOption(section, of.Option) is { } present)
        {
            Take(change, budget.TryTakeValue(present.Value));
        }
    }

    private void Carry(ScriptStatement.Transform transform)
    {
        var section = transform.Target.Section is { } selector
            ? Find(transform, selector) ?? throw Refuse(transform.Place, ErrorCode.NotFound, $"there is no section '{SectionLookup.Describe(selector)}'")
            : _current!;
        var option = transform.Target.Option!;
        ConfigValue value;
        try
        {
            value = Evaluator().Need(transform.Expression);
        }
        catch (RefusedException refused)
        {
            throw Refuse(transform.Place, refused.Refusal.Code, $"in '{transform.Text}' {refused.Message}");
        }

        var stored = ExpressionValues.ToStored(value, session.State.FindOption(section.Id, option)?.Value);
        var kept = Evaluator().ReadsSecret(transform.Expression) ? stored.AsSecret() : stored;
        Apply(transform, new ModuleOperation.SetOption(new SectionSelector.ById(section.Id), option, kept));
    }

    private void Carry(ScriptStatement.ForEach forEach)
    {
        foreach (var section in Sections(forEach, forEach.Type))
        {
            Take(forEach, budget.TryTakeStep());
            _current = session.State.FindSection(section.Id);
            if (_current is not null && (forEach.Where is not { } where || Holds(where)))
            {
                Carry(forEach.Body);
            }
        }

        _current = null;
    }

    private void OnEach(ScriptStatement statement, string type, string? option, Func<SectionSelector, ModuleOperation> operation)
    {
        foreach (var section in Sections(statement, type))
        {
            Take(statement, budget.TryTakeStep());
            if (option is null || session.State.FindOption(section.Id, option) is not null)
            {
                Apply(statement, operation(new SectionSelector.ById(section.Id)), section);
            }
        }

        _current = _current is { } current ? session.State.FindSection(current.Id) : null;
    }

    // Taken down first, since the statements may change which sections there are.
    private List<SectionView> Sections(ScriptStatement statement, string? type)
    {
        Take(statement, budget.TryTakeSections(session.State.SectionCount));
        return type is null ? [.. session.State.Sections()] : [.. session.State.Sections().Where(section => section.Type == type)];
    }

    private SectionView? Find(ScriptStatement statement, SectionSelector selector)
    {
        Take(statement, budget.TryFind(session.State, selector, out var section));
        return section;
    }

    private ExpressionEvaluator Evaluator() => new(session.State, _current, budget, session.IsSecret);

    private bool Holds(ScriptCondition condition)
    {
        try
        {
            return Evaluator().Condition(condition.Expression);
        }
        catch (RefusedException refused)
        {
            throw Refuse(condition.Place, refused.Refusal.Code, $"in '{condition.Text}' {refused.Message}");
        }
    }

    private void Apply(ScriptStatement statement, ModuleOperation operation, SectionView? section = null)
    {
        if (session.Apply(operation) is { } refusal)
        {
            throw Refuse(statement.Place, refusal.Code, refusal.Message, section);
        }

        if (session.Changes.Count > session.Limits.MaxBulkOperations)
        {
            throw Refuse(statement.Place, ErrorCode.TooLarge, $"the script makes more than {session.Limits.MaxBulkOperations} changes; take the migration apart into several versions");
        }
    }

    private void Take(ScriptStatement statement, bool isTaken)
    {
        if (!isTaken)
        {
            throw Refuse(statement.Place, ErrorCode.TooLarge, budget.Spent);
        }
    }

    private RefusedException Refuse(ScriptPlace place, ErrorCode code, string rule, SectionView? section = null) =>
        place.Refuse(code, (section ?? _current) is { } here ? $"for section '{SectionLookup.Describe(session.State, here)}' {rule}" : rule);
}
