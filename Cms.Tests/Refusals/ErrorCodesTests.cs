using Cms.Formats.Refusals;
using Cms.Tests.Tidy;
using Xunit;

namespace Cms.Tests.Refusals;

public class ErrorCodesTests
{
    private const string Golden = """
        1 invalid-argument 400 2 EINVAL
        2 not-found 404 3 ENOENT
        3 already-exists 409 4 EEXIST
        4 conflict 409 5 ESTALE
        5 too-large 413 6 E2BIG
        6 segment-full 507 7 ENOSPC
        7 busy 503 8 EAGAIN
        8 denied 403 9 EACCES
        9 file-unreadable 422 10 EBADMSG
        10 unavailable 503 11 ECONNREFUSED
        11 unknown-outcome 500 12 EIO
        12 storage-full 507 13 ENOSPC
        13 locked 423 14 EBUSY
        14 vetoed 422 15 EPERM
        15 schema-violated 422 16 EINVAL
        16 unauthenticated 401 17 EACCES
        17 too-many-requests 429 18 EAGAIN
        18 precondition-failed 412 19 ESTALE
        """;

    [Fact]
    public void Numbers_and_names_stay_as_they_are() => Assert.Equal(
        Golden,
        string.Join('\n', ErrorCodes.All.Select(row => $"{(int)row.Code} {row.Name} {row.HttpStatus} {row.ExitCode} {row.Errno}")));

    [Fact]
    public void Every_code_has_one_row_with_a_name_and_exit_code_of_its_own()
    {
        Assert.Equal(Enum.GetValues<ErrorCode>(), ErrorCodes.All.Select(row => row.Code));
        Assert.All(Enum.GetValues<ErrorCode>(), code => Assert.Equal(code, ErrorCodes.FromName(ErrorCodes.Of(code).Name)));
        Assert.Equal(ErrorCodes.All.Count, ErrorCodes.All.Select(row => row.Name).Distinct().Count());
        Assert.Equal(ErrorCodes.All.Count, ErrorCodes.All.Select(row => row.ExitCode).Distinct().Count());
        Assert.Null(ErrorCodes.FromName("of-a-newer-daemon"));
    }

    [Fact]
    public async Task Callers_in_C_know_every_code()
    {
        var header = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "libcms", "include", "cms.h"), TestContext.Current.CancellationToken);
        Assert.All(ErrorCodes.All, row => Assert.Contains($"X({row.Name.Replace('-', '_').ToUpperInvariant()}, {(int)row.Code}, ", header, StringComparison.Ordinal));
    }
}
