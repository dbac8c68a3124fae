/*
 * What the files of the Python package share.
 *
 * Threads. All that libcms does with a cms_module, cms_node, cms_transaction or cms_subscription that Python code can
 * reach is done under the interpreter's lock, or, where it waits without that lock, with one that nobody else can reach:
 * it was taken out of its object before and is put back afterwards.
 *
 * Memory. Making a Python object may run any Python code, which may close the module that is being read. So what is
 * read is copied out of libcms before objects are made of it, and after that native_of is asked again.
 */
#ifndef PACKAGE_H
#define PACKAGE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <cms.h>

#include "cache.h"

#define RARELY(condition) __builtin_expect(!!(condition), 0)

/* For PyArg_ParseTupleAndKeywords, which does not say that it leaves the names as they are. */
#define NAMES(names) ((char **)(uintptr_t)(names))

/* A list that a module keeps of what is not in use just now. */
struct idle;

typedef struct module_object {
    PyObject_HEAD
    cms_module *native;    /* NULL: closed */
    struct cache cache;
    char *name;            /* NULL: it is a file */
    char *path;            /* of the file, or the run directory; NULL: the run directory that libcms knows */
    struct idle *waiters;
    struct idle *nodes;
} module_object;

typedef struct snapshot_object {
    PyObject_HEAD
    module_object *module;
    cms_snapshot native;
} snapshot_object;

extern PyTypeObject module_type, handle_type, snapshot_type, section_type, transaction_type, table_type, changes_type;

/* ------------------------------------------------------------------------------------------------------ errors.c -- */

/* Adds cms.Error and a subclass for each status that can be raised. 0, or -1 with an exception. */
int add_errors(PyObject *package);

/* Raises the exception of a status, about a subject that may be NULL. Always NULL. */
PyObject *raise_status(cms_status status, const char *subject);
PyObject *raise_about(cms_status status, PyObject *subject);

/* Raises the refusal of a daemon in its own words, if it had any. Always NULL. */
PyObject *raise_refusal(cms_status status, const cms_node *node);

/* Whether the exception that is set is that of this status. */
bool is_raised(cms_status status);

/* ------------------------------------------------------------------------------------------------------- value.c -- */

/* Bytes that grow as libcms asks for more. */
struct bytes {
    unsigned char *start;
    size_t capacity;
    unsigned char kept[512];
};

void bytes_begin(struct bytes *bytes);
/* 0, or -1 with MemoryError. */
int bytes_grow(struct bytes *bytes, size_t capacity);
void bytes_end(struct bytes *bytes);

/* Text in UTF-8, other bytes by surrogateescape. */
PyObject *text_of(const void *bytes, size_t size);

/* A str, int, float, bool, or a tuple of them for a list, of what cms_find gave. */
PyObject *value_of(const cms_value *value, const void *bytes);

/* The same as callers get it: a list for a tuple. Steals the reference; NULL stays NULL. */
PyObject *handed_out(PyObject *kept);

/* The bytes of a str as libcms wants them; owner is to be released and keeps them. NULL with an exception. */
const char *bytes_of(PyObject *text, size_t *size, PyObject **owner);

/* The same for functions that end texts with a zero byte: ValueError when there is one inside. */
const char *plain_bytes_of(PyObject *text, PyObject **owner);

/* A Python value as libcms takes it; bytes lie in owner, which is to be released and may be NULL. 0, or -1. */
int take_scalar(PyObject *object, cms_value *value, const char **bytes, PyObject **owner);

/* What a place holds at the newest revision, or at a snapshot's. */
struct place {
    cms_module *module;
    const cms_snapshot *snapshot;
    cms_handle *handle; /* NULL: by key */
    const char *key;
    size_t key_size;
};

/* The value as value_of gives it, None when it is missing, NULL with an exception. revision may be NULL. */
PyObject *read_place(const struct place *place, uint64_t *revision);

/* The same for a key of Python's without any cache. */
PyObject *read_key(cms_module *module, const cms_snapshot *snapshot, PyObject *key);

/* ------------------------------------------------------------------------------------------------------ module.c -- */

/* NULL with ValueError when it is closed. */
cms_module *native_of(const module_object *module);

/* A module of a name (and a run directory), or of a file when name is NULL. */
PyObject *open_module(const char *name, const char *path);

/* Opens another cms_module of the same segment. Needs no lock. */
cms_status open_again(const module_object *module, cms_module **opened);

/* --------------------------------------------------------------------------------------------------------- many.c -- */

/* The values of keys as a list, the fallback for those that are missing. */
PyObject *read_many(module_object *module, PyObject *keys, PyObject *fallback);

/* ------------------------------------------------------------------------------------------------------ mapping.c -- */

/* The part of a mapping that is the same for all: keys(), items() and values() are views over an object. */
int prepare_views(void);
PyObject *view_of(PyObject *mapping, const char *kind);

/* value for a key that was looked up: None raises NotFound, or becomes a fallback, which may be NULL for None. */
PyObject *require(PyObject *found, PyObject *key);
PyObject *or_else(PyObject *found, PyObject *fallback);

/* Of (key, default=None). */
int parse_get(PyObject *const *arguments, Py_ssize_t count, PyObject **key, PyObject **fallback);

/* ----------------------------------------------------------------------------------------------------- snapshot.c -- */

PyObject *take_snapshot(module_object *module);

/* The keys of all options in order as a list; how many there are. */
PyObject *keys_at(const module_object *module, const cms_snapshot *snapshot);
Py_ssize_t count_at(const module_object *module, const cms_snapshot *snapshot);

/* Calls make with new snapshots until the one it has is kept long enough. */
PyObject *at_newest(module_object *module, PyObject *(*make)(const module_object *, const cms_snapshot *, PyObject *), PyObject *argument);

/* ------------------------------------------------------------------------------------------------------ section.c -- */

/* The sections of a type, or all when it is None, as a list; the section of a name or of an id. */
PyObject *sections_at(const module_object *module, const cms_snapshot *snapshot, PyObject *type);
PyObject *section_at(const module_object *module, const cms_snapshot *snapshot, PyObject *name_or_id);

/* ------------------------------------------------------------------------------------------------------- handle.c -- */

PyObject *make_handle(module_object *module, PyObject *key);

/* ------------------------------------------------------------------------------------------------------ waiting.c -- */

/* When a wait ends, in nanoseconds of the monotonic clock. */
#define NEVER INT64_MAX

/* 0 and the deadline for a timeout in seconds, None for ever; -1 with an exception. */
int take_timeout(PyObject *timeout, int64_t *deadline);

/*
 * Calls wait without the interpreter's lock until it answers other than that the time is over or a signal came. -1 with
 * what a signal handler raised.
 */
int wait_until(int64_t deadline, cms_status (*wait)(void *context, int timeout_ms), void *context);

PyObject *wait_for_revision(module_object *module, PyObject *seen, PyObject *timeout);

/* Waits for a change of the key's value, counted from what the caller knows: whether it was there and its revision. */
int wait_for_value(module_object *module, const char *key, size_t key_size, bool was_there, uint64_t revision, PyObject *timeout);

/* --------------------------------------------------------------------------------------------------------- idle.c -- */

/*
 * A second cms_module of the same segment, or a connection to the daemon, which the caller alone has until it gives it
 * back. NULL with an exception.
 */
cms_module *take_waiter(module_object *module);
void give_waiter(module_object *module, cms_module *waiter);
cms_node *take_node(module_object *module);
/* process: that has taken it. */
void give_node(module_object *module, cms_node *node, pid_t process);
void end_idle(module_object *module);

/* ----------------------------------------------------------------- transaction.c, operations.c, table.c, changes.c -- */

PyObject *make_transaction(module_object *module, PyObject *message);

/* snapshot: NULL for a table that is always read at its newest revision. */
PyObject *make_table(module_object *module, const cms_snapshot *snapshot, PyObject *name);
PyObject *tables_at(const module_object *module, const cms_snapshot *snapshot, PyObject *unused);

PyObject *make_changes(module_object *module, PyObject *since, PyObject *timeout);
int prepare_changes(PyObject *package);
int prepare_columns(PyObject *package);

#endif
