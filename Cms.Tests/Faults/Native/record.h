/* The log of what was done to the files under one directory. */
#ifndef FAULTS_RECORD_H
#define FAULTS_RECORD_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

enum operation {
    OPERATION_CREATE = 1, /* path is new and leads to file; mode */
    OPERATION_WRITE,      /* data at offset of file */
    OPERATION_TRUNCATE,   /* file has the size value */
    OPERATION_EXTEND,     /* file has at least the size value */
    OPERATION_SYNC,       /* file, or directory path, is on disk */
    OPERATION_RENAME,     /* path is now called other */
    OPERATION_EXCHANGE,   /* path and other have changed places */
    OPERATION_LINK,       /* other leads to the file of path too */
    OPERATION_UNLINK,
    OPERATION_MAKE_DIRECTORY,
    OPERATION_REMOVE_DIRECTORY,
    OPERATION_SYMLINK, /* path leads to the text other */
    OPERATION_MODE     /* file has the mode value */
};

/* What stands in the log before path, other and data, in the byte order of the machine. */
struct record {
    uint32_t size; /* of the whole */
    uint32_t operation;
    uint64_t inode;
    int64_t value; /* offset, size or mode */
    uint32_t process;
    uint32_t path_size;
    uint32_t other_size;
    uint32_t data_size;
};

/* A path under the root, relative to it, or the root itself as an empty one. */
struct place {
    char absolute[PATH_MAX];
    const char *relative;
};

/* Reads CMS_FAULTS_ROOT and opens CMS_FAULTS_LOG. */
void record_open(void);

/* Whether a path, or an open file, is under the root and no shared memory. */
bool record_watches(int directory, const char *path, struct place *place);
bool record_watches_file(int file, struct place *place);

/*
 * Begins a change: waits for its turn and counts it. False, with errno set, when the test wants it to fail; the turn is over then.
 * The process may die here.
 */
bool record_begin(enum operation operation, const struct place *place);

/* Whether the process is to die in the midst of the change begun. */
bool record_dies_within(void);

/* Ends a change that was done, or was not and leaves no trace then. errno is kept. The process may die here. */
void record_end(enum operation operation, uint64_t inode, int64_t value, const struct place *place, const char *other,
                const struct iovec *data, int data_count, int64_t data_size);
void record_cancel(void);

#endif
