/* Operations on names: making, renaming and removing files and directories. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "control.h"
#include "hooks.h"
#include "record.h"

static bool changes_file(int flags)
{
    return (flags & (O_CREAT | O_TRUNC)) != 0 || (flags & O_ACCMODE) != O_RDONLY;
}

static void end_opening(int file, bool has_existed, int64_t old_size, int flags, const struct place *place)
{
    struct stat status = {0};
    fstat(file, &status);
    if (!has_existed) {
        record_end(OPERATION_CREATE, status.st_ino, status.st_mode & 07777, place, NULL, NULL, 0, 0);
    } else if ((flags & O_TRUNC) != 0 && old_size > 0) {
        record_end(OPERATION_TRUNCATE, status.st_ino, 0, place, NULL, NULL, 0, 0);
    } else {
        record_cancel();
    }
}

/* Only an opening that makes or empties a file counts as a change. */
static int open_file(int directory, const char *path, int flags, mode_t mode)
{
    struct place place;
    if (control == NULL || !changes_file(flags) || !record_watches(directory, path, &place)) {
        return (int)syscall(SYS_openat, directory, path, flags, mode);
    }

    struct stat status = {0};
    bool has_existed = fstatat(AT_FDCWD, place.absolute, &status, 0) == 0;
    bool is_change = (!has_existed && (flags & O_CREAT) != 0) || (has_existed && (flags & O_TRUNC) != 0 && status.st_size > 0);
    if (!is_change) {
        if (control->failure == EROFS && strncmp(place.relative, control->failing_path, strnlen(control->failing_path, NAME_SIZE)) == 0) {
            errno = EROFS;
            return -1;
        }

        return (int)syscall(SYS_openat, directory, path, flags, mode);
    }

    if (!record_begin(has_existed ? OPERATION_TRUNCATE : OPERATION_CREATE, &place)) {
        return -1;
    }

    /* Looked at again in its turn: another process may have made the file meanwhile. */
    has_existed = fstatat(AT_FDCWD, place.absolute, &status, 0) == 0;
    int file = (int)syscall(SYS_openat, directory, path, flags, mode);
    if (file < 0) {
        record_cancel();
    } else {
        end_opening(file, has_existed, status.st_size, flags, &place);
    }

    return file;
}

#define MODE_OF(flags)                                    \
    mode_t mode = 0;                                      \
    if (((flags) & (O_CREAT | __O_TMPFILE)) != 0) {       \
        va_list arguments;                                \
        va_start(arguments, flags);                       \
        mode = va_arg(arguments, mode_t);                 \
        va_end(arguments);                                \
    }

HOOK int open(const char *path, int flags, ...)
{
    MODE_OF(flags)
    return open_file(AT_FDCWD, path, flags, mode);
}

HOOK int open64(const char *path, int flags, ...)
{
    MODE_OF(flags)
    return open_file(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

HOOK int openat(int directory, const char *path, int flags, ...)
{
    MODE_OF(flags)
    return open_file(directory, path, flags, mode);
}

HOOK int openat64(int directory, const char *path, int flags, ...)
{
    MODE_OF(flags)
    return open_file(directory, path, flags | O_LARGEFILE, mode);
}

HOOK int creat(const char *path, mode_t mode)
{
    return open_file(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/* The name is chosen here, so that it can be recorded with its turn; the C library would open behind our back. */
HOOK int mkostemp(char *template, int flags)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    char *suffix = template + strlen(template) - 6;
    for (int attempt = 0; attempt < 1000; attempt++) {
        unsigned char bytes[6];
        if (syscall(SYS_getrandom, bytes, sizeof bytes, 0) != (long)sizeof bytes) {
            return -1;
        }

        for (int index = 0; index < 6; index++) {
            suffix[index] = letters[bytes[index] % (sizeof letters - 1)];
        }

        int file = open_file(AT_FDCWD, template, (flags & ~O_ACCMODE) | O_RDWR | O_CREAT | O_EXCL, 0600);
        if (file >= 0 || errno != EEXIST) {
            return file;
        }
    }

    return -1;
}

HOOK int mkostemp64(char *template, int flags)
{
    return mkostemp(template, flags);
}

HOOK int mkstemp(char *template)
{
    return mkostemp(template, 0);
}

HOOK int mkstemp64(char *template)
{
    return mkostemp(template, 0);
}

HOOK int renameat2(int from_directory, const char *from, int to_directory, const char *to, unsigned flags)
{
    struct place source;
    struct place target;
    bool leaves = control != NULL && record_watches(from_directory, from, &source);
    bool arrives = control != NULL && record_watches(to_directory, to, &target);
    if (!leaves && !arrives) {
        return (int)syscall(SYS_renameat2, from_directory, from, to_directory, to, flags);
    }

    /* A name that comes from outside or goes there would have no record. */
    if (!leaves || !arrives) {
        abort();
    }

    enum operation operation = (flags & RENAME_EXCHANGE) != 0 ? OPERATION_EXCHANGE : OPERATION_RENAME;
    if (!record_begin(operation, &source)) {
        return -1;
    }

    int result = (int)syscall(SYS_renameat2, from_directory, from, to_directory, to, flags);
    if (result < 0) {
        record_cancel();
    } else {
        record_end(operation, 0, 0, &source, target.relative, NULL, 0, 0);
    }

    return result;
}

HOOK int renameat(int from_directory, const char *from, int to_directory, const char *to)
{
    return renameat2(from_directory, from, to_directory, to, 0);
}

HOOK int rename(const char *from, const char *to)
{
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

HOOK int linkat(int from_directory, const char *from, int to_directory, const char *to, int flags)
{
    struct place source;
    struct place target;
    if (control == NULL || !record_watches(from_directory, from, &source) || !record_watches(to_directory, to, &target)) {
        return (int)syscall(SYS_linkat, from_directory, from, to_directory, to, flags);
    }

    if (!record_begin(OPERATION_LINK, &target)) {
        return -1;
    }

    int result = (int)syscall(SYS_linkat, from_directory, from, to_directory, to, flags);
    if (result < 0) {
        record_cancel();
    } else {
        record_end(OPERATION_LINK, 0, 0, &source, target.relative, NULL, 0, 0);
    }

    return result;
}

HOOK int link(const char *from, const char *to)
{
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

HOOK int unlinkat(int directory, const char *path, int flags)
{
    struct place place;
    if (control == NULL || !record_watches(directory, path, &place)) {
        return (int)syscall(SYS_unlinkat, directory, path, flags);
    }

    enum operation operation = (flags & AT_REMOVEDIR) != 0 ? OPERATION_REMOVE_DIRECTORY : OPERATION_UNLINK;
    if (!record_begin(operation, &place)) {
        return -1;
    }

    int result = (int)syscall(SYS_unlinkat, directory, path, flags);
    if (result < 0) {
        record_cancel();
    } else {
        record_end(operation, 0, 0, &place, NULL, NULL, 0, 0);
    }

    return result;
}

HOOK int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

HOOK int rmdir(const char *path)
{
    return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

HOOK int mkdirat(int directory, const char *path, mode_t mode)
{
    struct place place;
    if (control == NULL || !record_watches(directory, path, &place)) {
        return (int)syscall(SYS_mkdirat, directory, path, mode);
    }

    if (!record_begin(OPERATION_MAKE_DIRECTORY, &place)) {
        return -1;
    }

    int result = (int)syscall(SYS_mkdirat, directory, path, mode);
    if (result < 0) {
        record_cancel();
    } else {
        record_end(OPERATION_MAKE_DIRECTORY, 0, mode, &place, NULL, NULL, 0, 0);
    }

    return result;
}

HOOK int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}

HOOK int symlinkat(const char *target, int directory, const char *path)
{
    struct place place;
    if (control == NULL || !record_watches(directory, path, &place)) {
        return (int)syscall(SYS_symlinkat, target, directory, path);
    }

    if (!record_begin(OPERATION_SYMLINK, &place)) {
        return -1;
    }

    int result = (int)syscall(SYS_symlinkat, target, directory, path);
    if (result < 0) {
        record_cancel();
    } else {
        record_end(OPERATION_SYMLINK, 0, 0, &place, target, NULL, 0, 0);
    }

    return result;
}

HOOK int symlink(const char *target, const char *path)
{
    return symlinkat(target, AT_FDCWD, path);
}
