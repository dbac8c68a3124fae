/* Changing modules, and hearing of every change. Part of cms.h, which includes it. */
#ifndef CMS_WRITING_H
#define CMS_WRITING_H

#ifndef CMS_H
#error "include cms.h instead"
#endif

/* ------------------------------------------------------------------------------------------------- The daemon -- */

/*
 * A connection to the daemon of a node, for changing modules. Used by one thread at a time, with everything made from
 * it. It connects again by itself when the daemon was restarted.
 */
typedef struct cms_node cms_node;

/*
 * run_directory: as for cms_open. node: to be closed with cms_disconnect; NULL on failure.
 * CMS_UNAVAILABLE: no daemon answers there. CMS_DENIED: its socket is not for this caller.
 */
CMS_API cms_status cms_connect(const char *run_directory, cms_node **node);

/* Closes the connection. Transactions and subscriptions of the node are to be ended before. NULL does nothing. */
CMS_API void cms_disconnect(cms_node *node);

/*
 * How long a request may take, from the first byte sent to the last one received; 30 s unless this is called.
 * timeout_ms: negative waits for ever. When the time is over a commit answers CMS_UNKNOWN_OUTCOME and a subscription
 * CMS_UNAVAILABLE. Signals do not end a request.
 */
CMS_API void cms_node_timeout(cms_node *node, int timeout_ms);

/*
 * The daemon's own sentence for its last refusal, in English, with the paths of a conflict; empty when the last request
 * of the node was not refused. The node's memory, good until its next request.
 */
CMS_API const char *cms_node_message(const cms_node *node);

/* ------------------------------------------------------------------------------------------------ Transactions -- */

/*
 * Operations on one module, which take effect all or none. They are gathered in memory; cms_commit sends them.
 *
 * Each function that adds an operation answers CMS_OK, or CMS_INVALID_ARGUMENT for an address that is none,
 * CMS_TOO_LARGE for a transaction of more than 64 MiB, CMS_NO_MEMORY; then the transaction is as it was before. Whether
 * sections and options are there is found out by the commit.
 *
 * A key is "section.option", where a section is a name, "@type[n]" (from 0; negative from the end), "#id", or "+key" of
 * a section that this transaction adds. Texts end with a zero byte. Everything is copied.
 */
typedef struct cms_transaction cms_transaction;

/* The longest message and the most operations of a transaction. */
#define CMS_MESSAGE_SIZE 4096
#define CMS_MOST_OPERATIONS 100000

/*
 * transaction: to be ended with cms_commit or cms_rollback; NULL on failure. Sends nothing.
 * CMS_INVALID_ARGUMENT: this can be no name of a module.
 */
CMS_API cms_status cms_begin(cms_node *node, const char *module, cms_transaction **transaction);

/*
 * Carries the operations out. When it returns CMS_OK they are durable, and cms_get of any process sees them.
 * revision: the module's revision at which they hold; may be NULL.
 *
 * CMS_UNKNOWN_OUTCOME, CMS_UNAVAILABLE, CMS_BUSY, CMS_STORAGE_FULL, CMS_LOCKED, CMS_NO_MEMORY: the transaction is still there.
 * Commit it again, as often as needed, or roll it back. It is carried out once however often it is sent; nothing can be added to it any more
 * (CMS_INVALID_ARGUMENT). CMS_UNAVAILABLE: nothing was sent.
 * Every other status: the transaction is gone, and after any but CMS_OK the module is as it was.
 * CMS_CONFLICT: an expectation was not met; cms_node_message names the paths.
 */
CMS_API cms_status cms_commit(cms_transaction *transaction, uint64_t *revision);

/* Drops the operations. After CMS_UNKNOWN_OUTCOME they may have been carried out all the same. NULL does nothing. */
CMS_API void cms_rollback(cms_transaction *transaction);

/* What history shows for the commit; at most CMS_MESSAGE_SIZE bytes of UTF-8. */
CMS_API cms_status cms_message(cms_transaction *transaction, const char *text);

/*
 * The next operation is only right if what it is about was last changed at this revision (cms_value.revision,
 * cms_section.revision, cms_row.revision; for an option or row that was missing 0). Otherwise the commit is refused
 * with CMS_CONFLICT.
 */
CMS_API cms_status cms_expect(cms_transaction *transaction, uint64_t revision);

/* Set an option of a section that is there. */
CMS_API cms_status cms_set_string(cms_transaction *transaction, const char *key, const char *value);
#define CMS_DECLARE(name, type) CMS_API cms_status cms_set_##name(cms_transaction *transaction, const char *key, type value);
CMS_NUMBERS(CMS_DECLARE)
#undef CMS_DECLARE

/*
 * Sets any value, scalar or list, to what cms_find gives. key: also one that cms_section_key made.
 * bytes: value->size of them; may be NULL for a scalar number.
 */
CMS_API cms_status cms_set(cms_transaction *transaction, const void *key, size_t key_size, const cms_value *value, const void *bytes);

/*
 * Adds a section at the end. name: NULL for an anonymous one. key: what later operations of this transaction call it,
 * with "+" in front; NULL when they do not or use its name.
 */
CMS_API cms_status cms_add_section(cms_transaction *transaction, const char *type, const char *name, const char *key);

/* Gives a section a type; a name that is not there yet makes a section. */
CMS_API cms_status cms_set_section(cms_transaction *transaction, const char *section, const char *type);

/* Removes an option, or a section with its options. */
CMS_API cms_status cms_delete(cms_transaction *transaction, const char *key);

/* Gives an option or a section another name. */
CMS_API cms_status cms_rename(cms_transaction *transaction, const char *key, const char *name);

/* Moves a section to this place among all, from 0; past the end means last. */
CMS_API cms_status cms_reorder(cms_transaction *transaction, const char *section, size_t index);

/*
 * Lists keep the type of their elements while what comes to them reads as that type, as the text "5" does as an int;
 * otherwise they become lists of strings. An empty list takes the type of what comes first.
 * create: makes the option this list, whatever it was. push: appends; a missing option becomes a list, a scalar its
 * first element. push_many: the same for each; none at all does nothing.
 * set: gives the element at an index another value; the commit is refused with CMS_NOT_FOUND when there is none.
 */
CMS_API cms_status cms_array_create_string(cms_transaction *transaction, const char *key, const char *const *elements, size_t count);
CMS_API cms_status cms_array_push_string(cms_transaction *transaction, const char *key, const char *element);
CMS_API cms_status cms_array_push_many_string(cms_transaction *transaction, const char *key, const char *const *elements, size_t count);
CMS_API cms_status cms_array_set_string(cms_transaction *transaction, const char *key, size_t index, const char *element);
#define CMS_DECLARE(name, type)                                                                                      \
    CMS_API cms_status cms_array_create_##name(cms_transaction *transaction, const char *key, const type *elements, size_t count); \
    CMS_API cms_status cms_array_push_##name(cms_transaction *transaction, const char *key, type element);            \
    CMS_API cms_status cms_array_push_many_##name(cms_transaction *transaction, const char *key, const type *elements, size_t count); \
    CMS_API cms_status cms_array_set_##name(cms_transaction *transaction, const char *key, size_t index, type element);
CMS_NUMBERS(CMS_DECLARE)
#undef CMS_DECLARE

/* Any element, also of bytes that hold a zero byte; the key as for cms_set. */
CMS_API cms_status cms_array_push(cms_transaction *transaction, const void *key, size_t key_size, const cms_value *element, const void *bytes);

/* Removes the element at an index; past the end nothing happens. */
CMS_API cms_status cms_array_remove(cms_transaction *transaction, const char *key, size_t index);

/*
 * Tables. create: columns with their name, type, size and index (of a string the size is needed, of an int 0 means 8);
 * primary_key: the name of the one that tells rows apart, whose index may be either NONE or PRIMARY.
 * insert: a cell for every column. update: the primary key, and the columns that change. delete: the primary key's cell.
 */
CMS_API cms_status cms_table_create(cms_transaction *transaction, const char *table, const cms_column *columns, size_t count, const char *primary_key);
CMS_API cms_status cms_table_drop(cms_transaction *transaction, const char *table);
CMS_API cms_status cms_table_insert(cms_transaction *transaction, const char *table, const cms_cell *cells, size_t count);
CMS_API cms_status cms_table_update(cms_transaction *transaction, const char *table, const cms_cell *cells, size_t count);
CMS_API cms_status cms_table_delete(cms_transaction *transaction, const char *table, const cms_cell *key);

/* ----------------------------------------------------------------------------------------------- Subscriptions -- */

/* X(NAME, number, op of docs/api.md, whether it is about an option). What a change did. */
#define CMS_CHANGES(X)                                                                                               \
    X(SET, 1, "set", true)                   /* option, value */                                                     \
    X(DELETE, 2, "delete", true)             /* option */                                                            \
    X(RENAME, 3, "rename", true)             /* option, name: the new one */                                         \
    X(ADD_SECTION, 4, "add", false)          /* type; name, unless it is anonymous */                                \
    X(DELETE_SECTION, 5, "delete", false)    /* with all its options, which have no change of their own */           \
    X(RENAME_SECTION, 6, "rename", false)    /* name: the new one */                                                 \
    X(SET_SECTION, 7, "set", false)          /* type: the new one */                                                 \
    X(REORDER, 8, "reorder", false)          /* index: the section's new place among all */                          \
    X(CREATE_TABLE, 9, "create_table", false) /* table */                                                            \
    X(DROP_TABLE, 10, "drop_table", false)   /* table, with all its rows, which have no change of their own */       \
    X(INSERT_ROW, 11, "insert_row", false)   /* table, cells: all of them */                                         \
    X(UPDATE_ROW, 12, "update_row", false)   /* table, cells: all of them, as they are now */                        \
    X(DELETE_ROW, 13, "delete_row", false)   /* table, cells: the primary key's */

typedef enum cms_change_kind {
#define CMS_DECLARE(NAME, number, op, is_option) CMS_CHANGE_##NAME = number,
    CMS_CHANGES(CMS_DECLARE)
#undef CMS_DECLARE
} cms_change_kind;

/*
 * One change of a commit. What does not belong to the kind is NULL or 0. All pointers lead into the subscription's
 * memory and are good until its next use.
 */
typedef struct cms_change {
    cms_change_kind kind;
    uint64_t revision;     /* the commit */
    bool is_last;          /* of its commit */
    uint64_t section_id;
    const char *key;       /* "section.option", the section, or the table */
    const char *section;   /* its name, "#id" when it is anonymous or its name is not known any more */
    const char *option;
    const char *name;
    const char *type;
    const char *table;
    size_t index;
    cms_value value;       /* as cms_find gives it */
    const void *bytes;     /* value.size of them */
    const cms_cell *cells;
    size_t cell_count;
} cms_change;

/* The changes of a module in order, none left out. */
typedef struct cms_subscription cms_subscription;

/*
 * since_revision: the first change is of the commit after this one (cms_revision tells the newest).
 * subscription: to be ended with cms_unsubscribe; NULL on failure. Sends nothing.
 * CMS_NOT_FOUND, CMS_DENIED: as for cms_open.
 */
CMS_API cms_status cms_subscribe(cms_node *node, const char *module, uint64_t since_revision, cms_subscription **subscription);

/*
 * The next change. It waits on the segment, without the daemon; what is new is then fetched from the daemon.
 * timeout_ms: 0 only looks, negative waits for ever; fetching has the time of the node besides.
 * CMS_TIMED_OUT, CMS_INTERRUPTED: nothing came. CMS_UNAVAILABLE: there is something new and the daemon is not there to
 * tell what. After these call again: nothing is lost, also when the daemon was restarted between.
 * CMS_INVALID_ARGUMENT: the revision is not there yet. CMS_TOO_OLD: the changes are no longer kept, or the
 * module belongs to another journal now; read the module anew and subscribe at its revision.
 */
CMS_API cms_status cms_next_change(cms_subscription *subscription, int timeout_ms, cms_change *change);

/* Ends a subscription. NULL does nothing. */
CMS_API void cms_unsubscribe(cms_subscription *subscription);

/*
 * An element of a list that lies in memory, encoded as cms_find gives it. bytes: the list's value->size bytes.
 * element_bytes: of a string element, within bytes and without a zero byte; NULL for others. CMS_END: there is none of
 * this index. CMS_CORRUPT: the bytes are no such list.
 */
CMS_API cms_status cms_value_element(const cms_value *value, const void *bytes, size_t index, cms_value *element, const void **element_bytes);

#endif
