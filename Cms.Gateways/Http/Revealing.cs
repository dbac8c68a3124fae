using Cms.Actors.Modules;
using Cms.Formats.Access;
using Cms.Formats.Audit;
using Cms.Formats.Modules;
using Cms.Formats.Refusals;
using Cms.Gateways.Http.Catalogue;
using Microsoft.AspNetCore.Http;

namespace Cms.Gateways.Http;

/// <summary>Shows secrets to those who ask for them and may see them; everybody else reads <c>(secret)</c>.</summary>
internal static class Revealing
{
    /// <summary>Asks for secrets.</summary>
    public static readonly FlagParameter Reveal = new("reveal", "Whether secrets are shown for whose paths the caller has admin; that is recorded.");

    /// <summary>Records that the caller sees secrets, if he asks for that.</summary>
    /// <param name="context">The request.</param>
    /// <param name="actor">The module.</param>
    /// <returns>What makes of a view, filtered as for every request, one with the secrets that he may see; null when he does not ask.</returns>
    /// <exception cref="RefusedException">He wants secrets and may see none of the module.</exception>
    public static async Task<Func<IModuleView, IModuleView>?> BeginAsync(HttpContext context, ModuleActor actor)
    {
        if (!Reveal.IsSet(context))
        {
            return null;
        }

        var access = context.Scope().In(actor.Module.Name);
        if (access.Extent(AccessAction.Admin) == AccessExtent.None)
        {
            throw new RefusedException(
                ErrorCode.Denied, $"{context.Caller().Principal.Name} may not see secrets of module {actor.Module}: a rule has to allow admin on their paths");
        }

        await AuditTrail.BeginAsync(context, AuditKinds.Reveal, "secrets", actor.Module.Name);
        return view => actor.Keys.Reveal(view, (section, option) => access.Allows(AccessAction.Admin, section, option));
    }
}
