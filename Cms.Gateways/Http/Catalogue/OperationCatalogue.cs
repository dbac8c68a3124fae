using Cms.Formats.Refusals;
using Cms.Gateways.Http.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Cms.Gateways.Http.Catalogue;

/// <summary>Every operation of the API, in the order of its description; the one place that routes and the OpenAPI document come from.</summary>
/// <remarks>
/// To add an operation is one statement: <c>api.Get("/things/{thing}", "What it does.", GetAsync).Query(Count).Answers(WireJson.Default.Thing)</c>.
/// Filled while the daemon starts, by one thread; read afterwards.
/// </remarks>
internal sealed class OperationCatalogue
{
    /// <summary>The root of the API.</summary>
    public const string Root = "/api/v1";

    private readonly List<Operation> _operations = [];

    /// <summary>All of them.</summary>
    public IReadOnlyList<Operation> Operations => _operations;

    /// <summary>Adds an operation that changes nothing.</summary>
    public Operation Get(string path, string summary, RequestDelegate handler) => Add(new(HttpMethods.Get, path, summary, handler));

    /// <summary>Adds an operation that makes something what the body says.</summary>
    public Operation Put(string path, string summary, RequestDelegate handler) => Add(new(HttpMethods.Put, path, summary, handler));

    /// <summary>Adds an operation that changes a part of something.</summary>
    public Operation Patch(string path, string summary, RequestDelegate handler) => Add(new(HttpMethods.Patch, path, summary, handler));

    /// <summary>Adds an operation that ends or removes something.</summary>
    public Operation Delete(string path, string summary, RequestDelegate handler) => Add(new(HttpMethods.Delete, path, summary, handler));

    /// <summary>Adds an operation that adds or does something.</summary>
    public Operation Post(string path, string summary, RequestDelegate handler) => Add(new(HttpMethods.Post, path, summary, handler));

    /// <summary>Adds operations that show and change only what their caller may; all others are for administrators of the node.</summary>
    /// <param name="add">Adds them.</param>
    public void AddFiltered(Action<OperationCatalogue> add)
    {
        var before = _operations.Count;
        add(this);
        foreach (var operation in _operations.Skip(before))
        {
            operation.IsFiltered = true;
        }
    }

    /// <summary>Makes the routes of all operations; every other method of their paths is told which ones there are.</summary>
    public void Map(IEndpointRouteBuilder routes, IdempotentAnswers answers)
    {
        var runner = new OperationRunner(answers);
        foreach (var path in _operations.GroupBy(operation => operation.Path, StringComparer.Ordinal))
        {
            var methods = new SortedSet<string>(StringComparer.Ordinal) { HttpMethods.Options };
            foreach (var operation in path)
            {
                var taken = MethodsOf(operation);
                methods.UnionWith(taken);
                var endpoint = routes.MapMethods(Root + operation.Path, taken, context => runner.RunAsync(operation, context)).WithMetadata(operation);
                if (operation.IsFiltered)
                {
                    FilteredByAccess.On(endpoint);
                }

                if (operation.MostBodyBytes is { } most)
                {
                    endpoint.WithMetadata(new SizeLimit(most));
                }
            }

            var allowed = string.Join(", ", methods);
            FilteredByAccess.On(routes.Map(Root + path.Key, context => TellMethodsAsync(context, allowed)));
        }
    }

    // A stream has no end that its head could wait for.
    private static string[] MethodsOf(Operation operation) =>
        operation.Method == HttpMethods.Get && !operation.IsStream ? [HttpMethods.Get, HttpMethods.Head] : [operation.Method];

    private static Task TellMethodsAsync(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        var refusal = new Refusal(ErrorCode.InvalidArgument, $"there is no {context.Request.Method} of {context.Request.Path}; use {allowed}");
        return Answers.RefuseAsync(context, refusal, StatusCodes.Status405MethodNotAllowed);
    }

    private Operation Add(Operation operation)
    {
        _operations.Add(operation);
        return operation;
    }

    private sealed record SizeLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
