/*
 * A transaction: the JSON of a commit request in the making. Invariants:
 * - body begins with the request's id and holds whole operations, up to the bracket that ends them once it is sealed.
 * - An operation that could not be written whole is cut off again.
 */
#ifndef CMS_TRANSACTION_H
#define CMS_TRANSACTION_H

#include "json_write.h"
#include "node.h"

struct cms_transaction {
    cms_node *node;
    char *module;
    struct buffer body;
    struct buffer message;
    size_t operation_count;
    size_t begin; /* of the operation in the making */
    uint64_t expected;
    bool has_expected;
    bool is_sealed;
    bool was_sent;
};

/* Begins an operation; false when no more can be added, and cms_operation_end is to be called all the same. */
bool cms_operation_begin(cms_transaction *transaction, const char *op);

/* Ends it and answers for all of it; is_right: whether its parts were. */
cms_status cms_operation_end(cms_transaction *transaction, bool is_right);

/* A member of an operation: a comma, its name, and a text, which may not be empty, or a number. */
bool cms_operation_text(cms_transaction *transaction, const char *name, const char *text);
void cms_operation_int(cms_transaction *transaction, const char *name, int64_t number);

/* Adds the name of a member whose value follows. */
void cms_operation_name(cms_transaction *transaction, const char *name);

/* Adds the section and the option that a key names, which may be one that cms_section_key made. */
bool cms_operation_key(cms_transaction *transaction, const void *key, size_t key_size);

/* Adds the section that a key names, and the option if it names one; says which. */
bool cms_operation_address(cms_transaction *transaction, const char *key, bool *is_option);

#endif
