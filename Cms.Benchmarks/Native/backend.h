/* What is measured: a table of one kind. */
#ifndef CMS_BENCH_BACKEND_H
#define CMS_BENCH_BACKEND_H

#include <stdint.h>

struct table;

/* Walks some steps from a state; answers the state at the end. */
typedef uint64_t (*walk)(struct table *table, uint64_t steps, uint64_t state);

struct backend {
    const char *name;
    /* Makes or opens the table. where is the backend's own: a file, a directory, or nothing. Ends the process with a
     * message when it cannot. */
    struct table *(*open)(const char *where);
    /* Bytes allocated for the table and all it holds; 0 when another process knows. */
    uint64_t (*bytes)(const struct table *table);
    walk random; /* over all keys */
    walk hot;    /* over the hot keys */
    walk handle; /* over the hot keys, resolved before; NULL: there is no such thing */
    walk number; /* the same, the values read as numbers; NULL: there is no such thing */
    walk batch;  /* over all keys, BATCH_COUNT at once; NULL: there is no such thing */
};

extern const struct backend uthash_backend;
extern const struct backend lmdb_backend;
extern const struct backend cms_backend;
extern const struct backend cms_huge_backend;

#endif
