/* Operations on open files: writing, sizes, modes, syncs. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "control.h"
#include "hooks.h"
#include "record.h"

static struct stat status_of(int file)
{
    struct stat status = {0};
    fstat(file, &status);
    return status;
}

static int64_t end_of(int file)
{
    return status_of(file).st_size;
}

/* Where a write without an offset goes. */
static int64_t position_of(int file)
{
    return (syscall(SYS_fcntl, file, F_GETFL) & O_APPEND) != 0 ? end_of(file) : (int64_t)syscall(SYS_lseek, file, 0, SEEK_CUR);
}

/* A process that is to die within a write has written half of it. */
static ssize_t write_parts(int file, const struct iovec *parts, int count, int64_t offset, bool is_positioned)
{
    struct place place;
    if (!record_watches_file(file, &place)) {
        return is_positioned ? syscall(SYS_pwritev, file, parts, count, offset, 0) : syscall(SYS_writev, file, parts, count);
    }

    if (!record_begin(OPERATION_WRITE, &place)) {
        return -1;
    }

    int64_t at = is_positioned ? offset : position_of(file);
    struct iovec half = parts[0];
    if (record_dies_within()) {
        half.iov_len /= 2;
        parts = &half;
        count = 1;
    }

    ssize_t size = is_positioned ? syscall(SYS_pwritev, file, parts, count, offset, 0) : syscall(SYS_writev, file, parts, count);
    if (size < 0) {
        record_cancel();
    } else {
        record_end(OPERATION_WRITE, status_of(file).st_ino, at, &place, NULL, parts, count, size);
    }

    return size;
}

HOOK ssize_t write(int file, const void *data, size_t size)
{
    struct place place;
    if (control == NULL || !record_watches_file(file, &place)) {
        return syscall(SYS_write, file, data, size);
    }

    struct iovec part = {(void *)data, size};
    return write_parts(file, &part, 1, 0, false);
}

HOOK ssize_t pwrite64(int file, const void *data, size_t size, off64_t offset)
{
    struct iovec part = {(void *)data, size};
    return write_parts(file, &part, 1, offset, true);
}

HOOK ssize_t pwrite(int file, const void *data, size_t size, off_t offset)
{
    return pwrite64(file, data, size, offset);
}

HOOK ssize_t writev(int file, const struct iovec *parts, int count)
{
    return write_parts(file, parts, count, 0, false);
}

HOOK ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t offset)
{
    return write_parts(file, parts, count, offset, true);
}

HOOK ssize_t pwritev(int file, const struct iovec *parts, int count, off_t offset)
{
    return write_parts(file, parts, count, offset, true);
}

/* Whoever would have the kernel copy is made to copy by himself, so that the bytes are seen. */
HOOK ssize_t copy_file_range(int from, off64_t *from_offset, int to, off64_t *to_offset, size_t size, unsigned flags)
{
    struct place place;
    if (record_watches_file(to, &place)) {
        errno = ENOSYS;
        return -1;
    }

    return syscall(SYS_copy_file_range, from, from_offset, to, to_offset, size, flags);
}

HOOK ssize_t sendfile64(int to, int from, off64_t *offset, size_t size)
{
    struct place place;
    if (record_watches_file(to, &place)) {
        errno = EINVAL;
        return -1;
    }

    return syscall(SYS_sendfile, to, from, offset, size);
}

HOOK ssize_t sendfile(int to, int from, off_t *offset, size_t size)
{
    return sendfile64(to, from, offset, size);
}

HOOK int ftruncate64(int file, off64_t size)
{
    struct place place;
    if (!record_watches_file(file, &place)) {
        return (int)syscall(SYS_ftruncate, file, size);
    }

    if (!record_begin(OPERATION_TRUNCATE, &place)) {
        return -1;
    }

    int result = (int)syscall(SYS_ftruncate, file, size);
    if (result < 0) {
        record_cancel();
    } else {
        record_end(OPERATION_TRUNCATE, status_of(file).st_ino, size, &place, NULL, NULL, 0, 0);
    }

    return result;
}

HOOK int ftruncate(int file, off_t size)
{
    return ftruncate64(file, size);
}

/* Only the plain way of allocating is known; holes and shifts would need records of their own. */
HOOK int fallocate64(int file, int mode, off64_t offset, off64_t size)
{
    struct place place;
    if (!record_watches_file(file, &place)) {
        return (int)syscall(SYS_fallocate, file, mode, offset, size);
    }

    if ((mode & ~FALLOC_FL_KEEP_SIZE) != 0) {
        errno = EOPNOTSUPP;
        return -1;
    }

    if (!record_begin(OPERATION_EXTEND, &place)) {
        return -1;
    }

    int result = (int)syscall(SYS_fallocate, file, mode, offset, size);
    if (result < 0) {
        record_cancel();
    } else {
        record_end(OPERATION_EXTEND, status_of(file).st_ino, end_of(file), &place, NULL, NULL, 0, 0);
    }

    return result;
}

HOOK int fallocate(int file, int mode, off_t offset, off_t size)
{
    return fallocate64(file, mode, offset, size);
}

HOOK int posix_fallocate64(int file, off64_t offset, off64_t size)
{
    return fallocate64(file, 0, offset, size) == 0 ? 0 : errno;
}

HOOK int posix_fallocate(int file, off_t offset, off_t size)
{
    return posix_fallocate64(file, offset, size);
}

/* The disk of a test is made from the records, so the real one need not be waited for. */
static int sync_file(int file, long call)
{
    struct place place;
    if (!record_watches_file(file, &place)) {
        return (int)syscall(call, file);
    }

    if (control->unsynced_name[0] != '\0' && strstr(place.relative, control->unsynced_name) != NULL) {
        return 0;
    }

    if (!record_begin(OPERATION_SYNC, &place)) {
        return -1;
    }

    record_end(OPERATION_SYNC, status_of(file).st_ino, 0, &place, NULL, NULL, 0, 0);
    return 0;
}

HOOK int fsync(int file)
{
    return sync_file(file, SYS_fsync);
}

HOOK int fdatasync(int file)
{
    return sync_file(file, SYS_fdatasync);
}

HOOK int fchmod(int file, mode_t mode)
{
    struct place place;
    if (!record_watches_file(file, &place)) {
        return (int)syscall(SYS_fchmod, file, mode);
    }

    if (!record_begin(OPERATION_MODE, &place)) {
        return -1;
    }

    int result = (int)syscall(SYS_fchmod, file, mode);
    if (result < 0) {
        record_cancel();
    } else {
        record_end(OPERATION_MODE, status_of(file).st_ino, mode, &place, NULL, NULL, 0, 0);
    }

    return result;
}
