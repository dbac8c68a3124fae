#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "control.h"

enum { MOST_PARTS = 1024 };

static char root[PATH_MAX];
static size_t root_size;
static int log_file = -1;

void record_open(void)
{
    const char *path = getenv("CMS_FAULTS_ROOT");
    const char *log = getenv("CMS_FAULTS_LOG");
    if (path == NULL || log == NULL || control == NULL) {
        return;
    }

    root_size = strlen(path);
    if (root_size >= sizeof root) {
        abort();
    }

    memcpy(root, path, root_size + 1);
    log_file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (log_file < 0) {
        abort();
    }
}

/* Shared memory of SQLite is no part of the disk: it is made anew from the files. */
static bool is_shared_memory(const char *path)
{
    size_t size = strlen(path);
    return size >= 4 && strcmp(path + size - 4, "-shm") == 0;
}

static bool is_under_root(struct place *place)
{
    if (log_file < 0 || strncmp(place->absolute, root, root_size) != 0) {
        return false;
    }

    const char *rest = place->absolute + root_size;
    if (*rest != '/' && *rest != '\0') {
        return false;
    }

    place->relative = rest + strspn(rest, "/");
    return !is_shared_memory(rest);
}

static bool read_link(int file, char *target)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t size = syscall(SYS_readlinkat, AT_FDCWD, link, target, PATH_MAX - 1);
    target[size < 0 ? 0 : size] = '\0';
    return size > 0;
}

bool record_watches(int directory, const char *path, struct place *place)
{
    if (log_file < 0 || path == NULL) {
        return false;
    }

    size_t start = 0;
    if (path[0] != '/') {
        bool is_known = directory == AT_FDCWD ? syscall(SYS_getcwd, place->absolute, PATH_MAX) > 0 : read_link(directory, place->absolute);
        if (!is_known) {
            return false;
        }

        start = strlen(place->absolute);
        place->absolute[start++] = '/';
    }

    size_t size = strlen(path);
    if (start + size >= PATH_MAX) {
        return false;
    }

    memcpy(place->absolute + start, path, size + 1);
    return is_under_root(place);
}

bool record_watches_file(int file, struct place *place)
{
    int kept = errno;
    bool is_watched = log_file >= 0 && file != log_file && read_link(file, place->absolute) && is_under_root(place);
    errno = kept;
    return is_watched;
}

static bool fails(enum operation operation, const struct place *place)
{
    size_t size = strnlen(control->failing_path, NAME_SIZE);
    if (control->failure == 0 || strncmp(place->relative, control->failing_path, size) != 0) {
        return false;
    }

    if (control->failure != ENOSPC) {
        return true;
    }

    return operation == OPERATION_CREATE || operation == OPERATION_WRITE || operation == OPERATION_EXTEND || operation == OPERATION_MAKE_DIRECTORY;
}

bool record_begin(enum operation operation, const struct place *place)
{
    int kept = errno;
    control_lock();
    if (fails(operation, place)) {
        errno = (int)control->failure;
        control_unlock();
        return false;
    }

    control->operation_count++;
    if (control->dies_at == control->operation_count && control->dies_how == DEATH_BEFORE) {
        control_die();
    }

    errno = kept;
    return true;
}

bool record_dies_within(void)
{
    return control->dies_at == control->operation_count && control->dies_how == DEATH_WITHIN;
}

static void append(struct record *head, const struct place *place, const char *other, const struct iovec *data, int data_count)
{
    struct iovec parts[MOST_PARTS + 3];
    int count = 0;
    parts[count++] = (struct iovec){head, sizeof *head};
    parts[count++] = (struct iovec){(void *)place->relative, head->path_size};
    parts[count++] = (struct iovec){(void *)other, head->other_size};
    size_t left = head->data_size;
    for (int index = 0; index < data_count && left > 0; index++) {
        size_t size = data[index].iov_len < left ? data[index].iov_len : left;
        parts[count++] = (struct iovec){data[index].iov_base, size};
        left -= size;
    }

    if (syscall(SYS_writev, log_file, parts, count) != (ssize_t)head->size) {
        abort();
    }
}

void record_end(enum operation operation, uint64_t inode, int64_t value, const struct place *place, const char *other,
                const struct iovec *data, int data_count, int64_t data_size)
{
    int kept = errno;
    if (data_count > MOST_PARTS) {
        abort();
    }

    struct record head = {
        .operation = operation,
        .inode = inode,
        .value = value,
        .process = (uint32_t)syscall(SYS_getpid),
        .path_size = (uint32_t)strlen(place->relative),
        .other_size = other == NULL ? 0 : (uint32_t)strlen(other),
        .data_size = (uint32_t)data_size,
    };
    head.size = (uint32_t)sizeof head + head.path_size + head.other_size + head.data_size;
    append(&head, place, other, data, data_count);
    if (control->dies_at == control->operation_count && control->dies_how != DEATH_BEFORE) {
        control_die();
    }

    control_unlock();
    errno = kept;
}

void record_cancel(void)
{
    int kept = errno;
    control_unlock();
    errno = kept;
}
