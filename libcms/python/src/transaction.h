/* A transaction, and what can be put into it. */
#ifndef TRANSACTION_H
#define TRANSACTION_H

#include "package.h"

typedef struct transaction_object {
    PyObject_HEAD
    module_object *module;
    cms_node *node;          /* NULL when the transaction has ended */
    cms_transaction *native; /* NULL while it is committed, and when it has ended */
    pid_t process;           /* that has begun it */
    unsigned long added;     /* sections, to have a key for each */
    PyObject *revision;      /* None until it is committed */
} transaction_object;

/* NULL with ValueError when it is over, or not this process's. */
cms_transaction *transaction_of(const transaction_object *transaction);

/* None for CMS_OK, else NULL with an exception about the subject. */
PyObject *done(cms_status status, PyObject *subject);

/* What tx[key] = value and del tx[key] do. */
int transaction_assign(PyObject *self, PyObject *key, PyObject *value);

#define DECLARE(name) PyObject *transaction_##name(PyObject *self, PyObject *arguments, PyObject *keywords);
#define TRANSACTION_METHODS(X)                                                                                       \
    X(add) X(push) X(replace) X(remove) X(rename) X(reorder) X(create_table) X(drop_table) X(insert) X(update) X(delete)
TRANSACTION_METHODS(DECLARE)
#undef DECLARE

#endif
