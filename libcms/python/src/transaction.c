/* cms.Transaction: from its beginning to its commit. */
#include "transaction.h"

#include <unistd.h>

static void end(transaction_object *transaction)
{
    cms_node *node = transaction->node;
    transaction->node = NULL;
    transaction->native = NULL;
    if (node != NULL) {
        give_node(transaction->module, node, transaction->process);
    }
}

cms_transaction *transaction_of(const transaction_object *transaction)
{
    if (transaction->native == NULL) {
        PyErr_SetString(PyExc_ValueError, "the transaction is over");
        return NULL;
    }

    if (transaction->process != getpid()) {
        PyErr_SetString(PyExc_ValueError, "the transaction was begun by another process");
        return NULL;
    }

    return transaction->native;
}

PyObject *done(cms_status status, PyObject *subject)
{
    return status == CMS_OK ? Py_NewRef(Py_None) : raise_about(status, subject);
}

static int set_message(cms_transaction *native, PyObject *message)
{
    PyObject *owner = NULL;
    const char *text = message == Py_None ? "" : plain_bytes_of(message, &owner);
    const cms_status status = text == NULL || message == Py_None ? CMS_OK : cms_message(native, text);
    Py_XDECREF(owner);
    if (status != CMS_OK) {
        raise_status(status, "message");
    }

    return text == NULL || status != CMS_OK ? -1 : 0;
}

PyObject *make_transaction(module_object *module, PyObject *message)
{
    cms_node *node = native_of(module) == NULL ? NULL : take_node(module);
    if (node == NULL) {
        return NULL;
    }

    cms_transaction *native = NULL;
    const cms_status status = cms_begin(node, module->name, &native);
    transaction_object *transaction = NULL;
    if (status != CMS_OK) {
        raise_status(status, module->name);
    } else if (set_message(native, message) == 0) {
        transaction = PyObject_New(transaction_object, &transaction_type);
    }

    if (transaction == NULL) {
        cms_rollback(native);
        give_node(module, node, getpid());
        return NULL;
    }

    transaction->module = (module_object *)Py_NewRef((PyObject *)module);
    transaction->node = node;
    transaction->native = native;
    transaction->process = getpid();
    transaction->added = 0;
    transaction->revision = Py_NewRef(Py_None);
    return (PyObject *)transaction;
}

static PyObject *transaction_rollback(PyObject *self, PyObject *unused)
{
    (void)unused;
    transaction_object *transaction = (transaction_object *)self;
    cms_transaction *native = transaction->native;
    if (native != NULL) {
        transaction->native = NULL;
        cms_rollback(native);
        end(transaction);
    }

    Py_RETURN_NONE;
}

static void transaction_dealloc(PyObject *self)
{
    transaction_object *transaction = (transaction_object *)self;
    Py_XDECREF(transaction_rollback(self, NULL));
    Py_DECREF(transaction->module);
    Py_DECREF(transaction->revision);
    Py_TYPE(self)->tp_free(self);
}

/* After these the transaction can be committed again. */
static bool may_commit_again(cms_status status)
{
    return status == CMS_UNKNOWN_OUTCOME || status == CMS_UNAVAILABLE || status == CMS_BUSY || status == CMS_STORAGE_FULL
        || status == CMS_LOCKED || status == CMS_NO_MEMORY;
}

static PyObject *transaction_commit(PyObject *self, PyObject *unused)
{
    (void)unused;
    transaction_object *transaction = (transaction_object *)self;
    cms_transaction *native = transaction_of(transaction);
    uint64_t revision = 0;
    cms_status status;
    if (native == NULL) {
        return NULL;
    }

    /* Nobody else can reach it until it is back. */
    transaction->native = NULL;
    Py_BEGIN_ALLOW_THREADS
    status = cms_commit(native, &revision);
    Py_END_ALLOW_THREADS
    if (may_commit_again(status)) {
        transaction->native = native;
        return raise_refusal(status, transaction->node);
    }

    if (status != CMS_OK) {
        raise_refusal(status, transaction->node);
        end(transaction);
        return NULL;
    }

    end(transaction);
    PyObject *number = PyLong_FromUnsignedLongLong(revision);
    if (number != NULL) {
        Py_XSETREF(transaction->revision, Py_NewRef(number));
    }

    return number;
}

static PyObject *transaction_enter(PyObject *self, PyObject *unused)
{
    (void)unused;
    return transaction_of((transaction_object *)self) == NULL ? NULL : Py_NewRef(self);
}

static PyObject *transaction_exit(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    const transaction_object *transaction = (transaction_object *)self;
    /* Who has committed or rolled back inside the block has said it already. */
    if (transaction->native == NULL) {
        Py_RETURN_NONE;
    }

    PyObject *result = count > 0 && arguments[0] != Py_None ? transaction_rollback(self, NULL) : transaction_commit(self, NULL);
    if (result == NULL) {
        return NULL;
    }

    Py_DECREF(result);
    Py_RETURN_NONE;
}

static PyObject *transaction_expect(PyObject *self, PyObject *revision)
{
    cms_transaction *native = transaction_of((transaction_object *)self);
    const uint64_t number = native == NULL ? 0 : PyLong_AsUnsignedLongLong(revision);
    return PyErr_Occurred() ? NULL : done(cms_expect(native, number), revision);
}

static PyObject *transaction_revision(PyObject *self, void *unused)
{
    (void)unused;
    return Py_NewRef(((transaction_object *)self)->revision);
}

#define WITH_KEYWORDS(name) (PyCFunction)(void (*)(void))transaction_##name, METH_VARARGS | METH_KEYWORDS

static PyMethodDef transaction_methods[] = {
    {"add", WITH_KEYWORDS(add),
        PyDoc_STR("add($self, /, type, name=None)\n--\n\nAdds a section at the end and returns what later operations of this transaction call it,\n"
                  "as in tx[f\"{rule}.src\"] = \"lan\". name: None for an anonymous one.")},
    {"push", WITH_KEYWORDS(push),
        PyDoc_STR("push($self, /, key, value)\n--\n\nAppends an element to a list, or each element of a list; a missing option becomes a list.")},
    {"replace", WITH_KEYWORDS(replace),
        PyDoc_STR("replace($self, /, key, index, value)\n--\n\nGives the element at an index another value. The commit raises NotFound when there is none.")},
    {"remove", WITH_KEYWORDS(remove),
        PyDoc_STR("remove($self, /, key, index)\n--\n\nRemoves the element at an index from a list; past the end nothing happens.")},
    {"rename", WITH_KEYWORDS(rename), PyDoc_STR("rename($self, /, key, name)\n--\n\nGives an option or a section another name.")},
    {"reorder", WITH_KEYWORDS(reorder),
        PyDoc_STR("reorder($self, /, section, index)\n--\n\nMoves a section to this place among all, from 0; past the end means last.")},
    {"create_table", WITH_KEYWORDS(create_table),
        PyDoc_STR("create_table($self, /, table, columns, primary_key)\n--\n\nCreates a table without rows.\n\n"
                  "columns: a tuple for each, (name, type, size=0, index=None). type: \"string\", \"int\", \"float\" or \"bool\". size: the most bytes of a\n"
                  "string; 1, 2, 4 or 8 for an int. index: \"repeating\", \"unique\" or None.")},
    {"drop_table", WITH_KEYWORDS(drop_table), PyDoc_STR("drop_table($self, /, table)\n--\n\nRemoves a table with its rows.")},
    {"insert", WITH_KEYWORDS(insert),
        PyDoc_STR("insert($self, table, row={}, /, **columns)\n--\n\nInserts a row, with a value for every column, as in tx.insert(\"hosts\", name=\"a\", port=80).")},
    {"update", WITH_KEYWORDS(update),
        PyDoc_STR("update($self, table, row={}, /, **columns)\n--\n\nUpdates the row of a primary key: the key, and the columns that change.")},
    {"delete", WITH_KEYWORDS(delete),
        PyDoc_STR("delete($self, table, row={}, /, **columns)\n--\n\nDeletes the row of a primary key, as in tx.delete(\"hosts\", name=\"a\").")},
    {"expect", transaction_expect, METH_O,
        PyDoc_STR("expect($self, revision, /)\n--\n\nThe next operation is only right if what it is about was last changed at this revision (0: it was missing);\n"
                  "else the commit raises Conflict and changes nothing.")},
    {"commit", transaction_commit, METH_NOARGS,
        PyDoc_STR("commit($self, /)\n--\n\nCarries all out, or nothing, and returns the revision at which it holds. It is durable then.\n\n"
                  "After UnknownOutcome, Unavailable, Busy, StorageFull and Locked the transaction is still there: commit it again, it is carried out once; or roll\n"
                  "it back. After any other exception it is over.")},
    {"rollback", transaction_rollback, METH_NOARGS, PyDoc_STR("rollback($self, /)\n--\n\nDrops the operations.")},
    {"__enter__", transaction_enter, METH_NOARGS, NULL},
    {"__exit__", (PyCFunction)(void (*)(void))transaction_exit, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef transaction_members[] = {
    {"revision", transaction_revision, NULL, "The revision at which it holds; None until it is committed.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMappingMethods transaction_mapping = {.mp_ass_subscript = transaction_assign};

PyTypeObject transaction_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "cms.Transaction",
    .tp_doc = PyDoc_STR("Operations on a module that take effect all or none, at the end of a with block; an exception in it drops them.\n\n"
                        "tx[key] = value sets an option, del tx[key] removes an option or a section, tx[section] = type makes a section or gives\n"
                        "it another type. In a key the section is a name, \"@type[n]\", \"#id\", or what add() returned. Whether it is there is found\n"
                        "out by the commit. Made by Module.transaction()."),
    .tp_basicsize = sizeof(transaction_object),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_dealloc = transaction_dealloc,
    .tp_as_mapping = &transaction_mapping,
    .tp_methods = transaction_methods,
    .tp_getset = transaction_members,
};
