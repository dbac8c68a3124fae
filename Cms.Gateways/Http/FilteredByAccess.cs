using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>Marks a request that shows and changes only what its caller may; every other one is for administrators of the node.</summary>
internal sealed class FilteredByAccess
{
    private static readonly FilteredByAccess Mark = new();

    private FilteredByAccess()
    {
    }

    /// <summary>Marks requests.</summary>
    public static T On<T>(T requests)
        where T : IEndpointConventionBuilder => requests.WithMetadata(Mark);

    /// <summary>Lets a request pass to its endpoint.</summary>
    /// <exception cref="Formats.Refusals.RefusedException">The endpoint is not marked, and its caller is no administrator of the node.</exception>
    public static void Require(HttpContext context)
    {
        if (!context.Scope().IsEverything && context.GetEndpoint()?.Metadata.GetMetadata<FilteredByAccess>() is null)
        {
            context.RequireNodeAdministrator();
        }
    }
}
