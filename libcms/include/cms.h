/*
 * libcms: reads the configuration that cmsd keeps, from shared memory, and changes it over the daemon's socket.
 *
 * Reading. cms_open maps a module's segment. A get takes no lock, makes no system call, allocates nothing, and works
 * whether or not the daemon runs. Three ways, from slow to fast:
 *   - by key, one at a time (cms_get_*, cms_find) or many at once (cms_find_many);
 *   - by handle (cms_handle_*): a key that is looked up once and from then on only checked;
 *   - at one revision (cms_snapshot_*, cursors): what belongs together is read as it was at one commit.
 * Tables are read in the same way (cms_tables.h).
 *
 * Writing (cms_writing.h). cms_connect, cms_begin, operations, cms_commit: all of them take effect or none, and a commit
 * that is sent again after its outcome was not known is carried out once. cms_subscribe hears of every change.
 *
 * Keys. "section.option", as in "lan.ipaddr". An option of an anonymous section has no such name; cms_section_key
 * makes its key, which holds zero bytes, so functions for any key take bytes and their number.
 *
 * Threads. A cms_module or cms_node, and everything made from it, is used by one thread at a time. Threads that read at
 * once open a module each; that costs a few pages.
 *
 * Memory. The caller owns every buffer and struct; the library keeps no pointer to one unless it says so. Members
 * called "private_" are the library's. Only cms_open and the functions of cms_writing.h allocate.
 *
 * Errors. Every function that can fail returns a cms_status, CMS_OK (0) or what is wrong. When it is not CMS_OK,
 * results are not to be used unless the function says so. cms_status_text has a sentence for each.
 *
 * Sizes are bytes, a count is how many, an index is counted from 0, times are milliseconds.
 */
#ifndef CMS_H
#define CMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define CMS_API __attribute__((visibility("default")))
#else
#define CMS_API
#endif

/* The version of this library; the soname holds the first number. */
#define CMS_VERSION_MAJOR 0
#define CMS_VERSION_MINOR 1

/* X(NAME, number, sentence). 1 to 31 are the refusals of the daemon, the same as in docs/errors.md. */
#define CMS_STATUSES(X)                                                                                              \
    X(OK, 0, "done")                                                                                                 \
    X(INVALID_ARGUMENT, 1, "an address, name, value or index breaks a rule")                                         \
    X(NOT_FOUND, 2, "there is no such module, section or option")                                                    \
    X(ALREADY_EXISTS, 3, "a name is taken")                                                                          \
    X(CONFLICT, 4, "a path was changed since by somebody else")                                                      \
    X(TOO_LARGE, 5, "a name, value, list or request is over its bound")                                              \
    X(SEGMENT_FULL, 6, "the module's segment has no room left")                                                      \
    X(BUSY, 7, "a queue is full; send the same request again later")                                                 \
    X(DENIED, 8, "the caller may not do this")                                                                       \
    X(FILE_UNREADABLE, 9, "the module's text file does not parse")                                                   \
    X(UNAVAILABLE, 10, "the daemon, or the module in it, is not there now")                                          \
    X(UNKNOWN_OUTCOME, 11, "whether the request took effect is not known; commit again to learn it")                 \
    X(STORAGE_FULL, 12, "the disk that keeps the journal has no room left")                                          \
    X(LOCKED, 13, "a transaction of somebody else has locked the module")                                            \
    X(VETOED, 14, "a validating subscriber refused the commit")                                                      \
    X(SCHEMA_VIOLATED, 15, "the module would not be as its schema says")                                             \
    X(UNAUTHENTICATED, 16, "nobody vouches for the caller; sign in")                                                 \
    X(TOO_MANY_REQUESTS, 17, "the caller asks faster than he may; ask again later")                                  \
    X(PRECONDITION_FAILED, 18, "it is not at the revision that the request names")                                   \
    X(END, 32, "there are no more")                                                                                  \
    X(WRONG_TYPE, 33, "the value is not of this type and cannot be read as such")                                    \
    X(BUFFER_TOO_SMALL, 34, "the value does not fit into the buffer")                                                \
    X(TOO_OLD, 35, "this revision is no longer kept; begin anew with a new one")                                     \
    X(TIMED_OUT, 36, "nothing happened in this time")                                                                \
    X(INTERRUPTED, 37, "a signal came while waiting")                                                                \
    X(GONE, 38, "the module's segment was replaced and its successor cannot be opened")                              \
    X(NOT_A_SEGMENT, 39, "the file is no segment")                                                                   \
    X(UNSUPPORTED_VERSION, 40, "the segment has a format that this library does not know")                           \
    X(TRUNCATED, 41, "the segment is shorter than its header says")                                                  \
    X(CORRUPT, 42, "the segment contradicts itself")                                                                 \
    X(WRONG_MACHINE, 43, "segments work on 64-bit little-endian machines only")                                      \
    X(NO_MEMORY, 44, "there is no memory left")                                                                      \
    X(SYSTEM, 45, "a system call failed; errno has the reason")

typedef enum cms_status {
#define CMS_DECLARE(name, number, sentence) CMS_##name = number,
    CMS_STATUSES(CMS_DECLARE)
#undef CMS_DECLARE
} cms_status;

/* The sentence for a status, in English; static. */
CMS_API const char *cms_status_text(cms_status status);

/* X(NAME, name, number): the types of a value, or of the elements of a list. */
#define CMS_TYPES(X)                                                                                                 \
    X(STRING, string, 0)                                                                                             \
    X(INT, int, 1)                                                                                                   \
    X(FLOAT, float, 2)                                                                                               \
    X(BOOL, bool, 3)

typedef enum cms_type {
#define CMS_DECLARE(NAME, name, number) CMS_TYPE_##NAME = number,
    CMS_TYPES(CMS_DECLARE)
#undef CMS_DECLARE
} cms_type;

/* X(name, type in C): the types that are passed by value. Each of them has its getters and setters, declared below. */
#define CMS_NUMBERS(X)                                                                                               \
    X(int, int64_t)                                                                                                  \
    X(float, double)                                                                                                 \
    X(bool, bool)

/* The longest name of a section, an option or a type, and the longest key. */
#define CMS_NAME_SIZE 255
#define CMS_KEY_SIZE 511

/* A value as it is stored. The bytes of a string and the elements of a list are in the buffer that was passed. */
typedef struct cms_value {
    cms_type type;     /* of the scalar, or of each element */
    bool is_list;
    size_t size;       /* bytes of the string, or of a list's encoding; 0 for other scalars */
    size_t count;      /* elements of a list; 1 for a scalar */
    uint64_t revision; /* the commit that last set or renamed the option */
    union {            /* the scalar, unless it is a string */
        int64_t as_int;
        double as_float;
        bool as_bool;
    };
} cms_value;

/* ---------------------------------------------------------------------------------------------------- Opening -- */

typedef struct cms_module cms_module;

/*
 * Opens a module for reading.
 * module: its name. run_directory: the node's, or NULL for $CMS_RUN_DIRECTORY, else /run/cms.
 * opened: to be closed with cms_close; NULL on failure.
 * CMS_NOT_FOUND: no node has published this module. CMS_DENIED: the caller may not map it and has to ask the daemon.
 */
CMS_API cms_status cms_open(const char *module, const char *run_directory, cms_module **opened);

/* The same for the segment file at a path. */
CMS_API cms_status cms_open_file(const char *path, cms_module **opened);

/* Unmaps the segment. Handles, snapshots, cursors and arrays of the module are useless then. NULL does nothing. */
CMS_API void cms_close(cms_module *module);

/* The newest commit that can be seen now; modules count from 1, 0 is an empty one. */
CMS_API cms_status cms_revision(cms_module *module, uint64_t *revision);

/* The journal that the revisions belong to: 16 bytes. Revisions of another journal cannot be compared with these. */
CMS_API cms_status cms_journal(cms_module *module, unsigned char journal[16]);

/* ------------------------------------------------------------------------------------------------ One at a time -- */

/*
 * Each of these reads the newest value that can be seen. What they have in common:
 * CMS_NOT_FOUND: there is no such option. CMS_WRONG_TYPE: it is a list, or is not convertible.
 * CMS_CORRUPT: the file is damaged. CMS_GONE: see there.
 * A file that replaces the module's is followed; that, and nothing else, makes system calls.
 */

/*
 * A scalar as text; numbers are written out, true is 1 and false is 0.
 * buffer: gets the bytes and a zero byte behind them; the rest of it may be overwritten.
 * capacity: bytes of the buffer. length: bytes of the text, without the zero byte; may be NULL.
 * CMS_BUFFER_TOO_SMALL: length is right, the buffer is not.
 */
CMS_API cms_status cms_get_string(cms_module *module, const char *key, char *buffer, size_t capacity, size_t *length);

/*
 * int: one stored as such, a bool as 0 or 1, a string of decimal digits with an optional sign.
 * float: one stored as such, an int, a string of at most 1024 bytes that is a decimal number.
 * bool: one stored as such, an int 0 or 1, a string 1/0, on/off, yes/no, true/false, enabled/disabled.
 */
#define CMS_DECLARE(name, type) CMS_API cms_status cms_get_##name(cms_module *module, const char *key, type *value);
CMS_NUMBERS(CMS_DECLARE)
#undef CMS_DECLARE

/*
 * A value of any type, by a key of any bytes; nothing is converted and no zero byte is added.
 * CMS_BUFFER_TOO_SMALL: value is right, the buffer is not. buffer may be NULL when capacity is 0.
 */
CMS_API cms_status cms_find(cms_module *module, const void *key, size_t key_size, void *buffer, size_t capacity, cms_value *value);

/* One of many lookups: the first four are the caller's, the others are the answer, as cms_find gives it. */
typedef struct cms_query {
    const void *key;
    size_t key_size;
    void *buffer;
    size_t capacity;
    cms_value value;
    cms_status status;
} cms_query;

/*
 * Looks many keys up, all at the same revision, while the processor fetches several of them from memory at once:
 * several times faster than one after the other when they are not in its caches.
 * revision: at which; may be NULL. Returns CMS_OK when every query has its own status.
 */
CMS_API cms_status cms_find_many(cms_module *module, cms_query *queries, size_t count, uint64_t *revision);

/* ----------------------------------------------------------------------------------------------------- Handles -- */

#define CMS_HANDLE_TEXT_SIZE 112

/* A key that was looked up. It finds the key again by itself when the key moves, vanishes, comes back. */
typedef struct cms_handle {
    cms_module *private_module;
    const void *private_slot;
    const void *private_block;
    uint64_t private_slot_mask;
    uint64_t private_slot_word;
    uint64_t private_stamp;
    uint64_t private_generation;
    cms_status private_status;
    unsigned private_known;
    int64_t private_int;
    double private_float;
    bool private_bool;
    cms_value private_value;
    const void *private_key;
    size_t private_key_size;
    unsigned char private_text[CMS_HANDLE_TEXT_SIZE];
} cms_handle;

/*
 * Makes a handle; looks nothing up yet, so that a key which does not exist now is fine.
 * key: not copied; the caller keeps it as long as the handle is used. At most CMS_KEY_SIZE bytes, not empty.
 * A handle needs no end; it must not be used after its module was closed.
 */
CMS_API cms_status cms_handle_init(cms_handle *handle, cms_module *module, const void *key, size_t key_size);

/* As the functions by key above. */
CMS_API cms_status cms_handle_get_string(cms_handle *handle, char *buffer, size_t capacity, size_t *length);
#define CMS_DECLARE(name, type) CMS_API cms_status cms_handle_get_##name(cms_handle *handle, type *value);
CMS_NUMBERS(CMS_DECLARE)
#undef CMS_DECLARE
CMS_API cms_status cms_handle_find(cms_handle *handle, void *buffer, size_t capacity, cms_value *value);

/*
 * Whether the next answer of the handle may be another than its last one; looks nothing up. For callers that keep what
 * they have made of the last answer. True when it has given none. False is certain; true may be a false alarm.
 */
CMS_API bool cms_handle_has_changed(const cms_handle *handle);

/* ------------------------------------------------------------------------------------------------- One revision -- */

/*
 * The module at one revision; later commits do not change it. It holds nothing and needs no end. The node keeps the
 * last 4096 commits (fewer when they are large); after that, or when the module has gone over to another file and this
 * module was used otherwise since, each function answers CMS_TOO_OLD: take a new one and begin anew.
 */
typedef struct cms_snapshot {
    uint64_t revision;
    cms_module *private_module;
    uint64_t private_generation;
} cms_snapshot;

CMS_API cms_status cms_snapshot_take(cms_module *module, cms_snapshot *snapshot);

/* As the functions of the same name above. */
CMS_API cms_status cms_snapshot_get_string(const cms_snapshot *snapshot, const char *key, char *buffer, size_t capacity, size_t *length);
#define CMS_DECLARE(name, type)                                                                                      \
    CMS_API cms_status cms_snapshot_get_##name(const cms_snapshot *snapshot, const char *key, type *value);
CMS_NUMBERS(CMS_DECLARE)
#undef CMS_DECLARE
CMS_API cms_status cms_snapshot_find(const cms_snapshot *snapshot, const void *key, size_t key_size, void *buffer, size_t capacity, cms_value *value);

/* A section. Texts end with a zero byte. */
typedef struct cms_section {
    uint64_t id;           /* its own for ever */
    uint64_t revision;     /* the commit that last added, renamed, retyped or moved it; its options have their own */
    size_t option_count;
    uint32_t private_list;
    char type[CMS_NAME_SIZE + 1];
    char name[CMS_NAME_SIZE + 1]; /* empty: it is anonymous */
} cms_section;

CMS_API cms_status cms_find_section(const cms_snapshot *snapshot, const char *name, cms_section *section);
CMS_API cms_status cms_find_section_by_id(const cms_snapshot *snapshot, uint64_t id, cms_section *section);

/*
 * The key of an option of a section that may be anonymous.
 * key: gets at most CMS_KEY_SIZE bytes; no zero byte is added. key_size: how many.
 */
CMS_API cms_status cms_section_key(const cms_section *section, const char *option, unsigned char key[CMS_KEY_SIZE], size_t *key_size);

/* Where one is in a list of sections or options. It may be copied, to go on twice from one place. */
typedef struct cms_cursor {
    cms_snapshot private_snapshot;
    uint32_t private_count;
    uint32_t private_position;
    uint32_t private_root;
    uint32_t private_leaf;
    uint32_t private_leaf_index;
    uint32_t private_leaf_count;
    uint32_t private_member;
    uint32_t private_member_count;
    uint32_t private_prefix_size;
    unsigned char private_prefix[CMS_NAME_SIZE + 1];
} cms_cursor;

/* The sections of the module in order. CMS_END: there are no more. */
CMS_API cms_status cms_sections_begin(const cms_snapshot *snapshot, cms_cursor *cursor);
CMS_API cms_status cms_sections_next(cms_cursor *cursor, cms_section *section);

/* An option of a section; its name ends with a zero byte. */
typedef struct cms_option {
    char name[CMS_NAME_SIZE + 1];
    size_t name_size;
    cms_value value;
} cms_option;

/*
 * The options of a section of the same snapshot in order. CMS_END: there are no more. The value is as cms_find gives
 * it; after CMS_BUFFER_TOO_SMALL the option is right but for the buffer, and the next call is about the same option.
 */
CMS_API cms_status cms_options_begin(const cms_snapshot *snapshot, const cms_section *section, cms_cursor *cursor);
CMS_API cms_status cms_options_next(cms_cursor *cursor, cms_option *option, void *buffer, size_t capacity);

/* ------------------------------------------------------------------------------------------------------- Lists -- */

/* The elements of an option that is a list, as they were at one revision. It holds nothing and needs no end. */
typedef struct cms_array {
    cms_value value; /* of the whole; value.count elements */
    size_t index;    /* of the element that is next; the caller may set it */
    cms_module *private_module;
    uint64_t private_generation;
    uint64_t private_stamp;
    uint64_t private_block;
    uint32_t private_value_offset;
} cms_array;

/* Begins with the newest list under a key. A scalar is a list of one. */
CMS_API cms_status cms_array_begin(cms_module *module, const void *key, size_t key_size, cms_array *array);
CMS_API cms_status cms_array_begin_at(const cms_snapshot *snapshot, const void *key, size_t key_size, cms_array *array);

/*
 * The next element: a string is copied into the buffer (and a zero byte behind it), anything else is in element.
 * CMS_END: there are no more. CMS_BUFFER_TOO_SMALL: element.size is right, and the next call is about the same one.
 * CMS_TOO_OLD: the list was replaced and its memory used again; no element is ever of another list or half of one.
 */
CMS_API cms_status cms_array_next(cms_array *array, char *buffer, size_t capacity, cms_value *element);

/* ----------------------------------------------------------------------------------------------------- Waiting -- */

/*
 * Waits for a commit after the one that the caller has seen; without the daemon's help, so 1,000 can wait.
 * seen: the newest revision that the caller knows. timeout_ms: 0 only looks, negative waits for ever.
 * revision: the newest one then, also after CMS_TIMED_OUT; may be NULL.
 * CMS_INTERRUPTED: a signal handler ran.
 */
CMS_API cms_status cms_wait(cms_module *module, uint64_t seen, int timeout_ms, uint64_t *revision);

/*
 * Waits until the handle's option is set, removed or there again, counted from the last answer that this handle gave
 * (a handle that has given none takes a look first). Other changes of the module do not end the wait.
 */
CMS_API cms_status cms_handle_wait(cms_handle *handle, int timeout_ms);

#include "cms_tables.h"

#include "cms_writing.h"

#ifdef __cplusplus
}
#endif

#endif
