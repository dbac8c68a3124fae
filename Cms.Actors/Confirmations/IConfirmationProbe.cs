namespace Cms.Actors.Confirmations;

/// <summary>Asks a program or a server whether all is well.</summary>
internal interface IConfirmationProbe
{
    /// <summary>Asks once.</summary>
    /// <param name="probe">As <see cref="ConfirmationProbe"/> describes it.</param>
    /// <param name="cancellation">Gives up; a program that was started is ended.</param>
    /// <returns>Whether the answer was good; every failure is a bad answer.</returns>
    Task<bool> TryAsync(string probe, CancellationToken cancellation);
}
