using Cms.Actors.Modules;
using Cms.Formats.Edits;

namespace Cms.Gateways.Bulk;

/// <summary>Operations on one module that become one commit. One thread at a time until it is sent.</summary>
internal sealed class BulkGroup(string name, ModuleActor module, int size)
{
    private readonly List<ModuleOperation> _operations = new(size);
    private readonly List<long> _lines = new(size);

    /// <summary>The name of the module.</summary>
    public string Name { get; } = name;

    /// <summary>The module.</summary>
    public ModuleActor Module { get; } = module;

    /// <summary>What is to be done, in order.</summary>
    public IReadOnlyList<ModuleOperation> Operations => _operations;

    /// <summary>The line of the first operation.</summary>
    public long FirstLine => _lines[0];

    /// <summary>The line of the last operation.</summary>
    public long LastLine => _lines[^1];

    /// <summary>Puts an operation behind the others.</summary>
    public void Add(BulkOperation operation)
    {
        _operations.Add(operation.Operation);
        _lines.Add(operation.Line);
    }

    /// <summary>What a reply says is wrong, and where; null for none.</summary>
    public BulkRefusal? RefusalOf(ModuleReply reply) =>
        reply.Refusal is { } refusal ? new BulkRefusal(reply.RefusedIndex is { } index ? _lines[index] : FirstLine, refusal) : null;
}
