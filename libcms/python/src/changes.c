/* cms.Changes: an iterator of what commits have changed, and cms.Change, one of them. */
#include "package.h"

#include <string.h>
#include <unistd.h>

typedef struct changes_object {
    PyObject_HEAD
    module_object *module;
    cms_node *node;             /* NULL when it has ended */
    cms_subscription *native;   /* NULL while it waits, and when it has ended */
    pid_t process;              /* that has begun it */
    PyObject *timeout;
} changes_object;

static PyTypeObject *change_type;

static PyStructSequence_Field change_fields[] = {
    {"revision", "The commit."},
    {"kind", "What it did: \"set\", \"delete\", \"rename\", \"add_section\", \"delete_section\", \"rename_section\", \"set_section\", \"reorder\", "
             "\"create_table\", \"drop_table\", \"insert_row\", \"update_row\" or \"delete_row\"."},
    {"key", "\"section.option\", the section, or the table."},
    {"value", "That an option was set to."},
    {"section", "The section's name; \"#id\" when it is anonymous or its name is not known any more."},
    {"section_id", "The section's id."},
    {"option", "The option's name."},
    {"name", "The new name."},
    {"type", "The section's type."},
    {"index", "The section's new place among all."},
    {"table", "The table's name."},
    {"row", "The cells of a row as a dict; of one that was deleted the primary key's."},
    {"is_last", "Whether it is the last one of its commit."},
    {NULL, NULL},
};

static PyStructSequence_Desc change_description = {
    .name = "cms.Change",
    .doc = PyDoc_STR("One change of a commit. What does not belong to its kind is None."),
    .fields = change_fields,
    .n_in_sequence = 13,
};

int prepare_changes(PyObject *package)
{
    change_type = PyStructSequence_NewType(&change_description);
    return change_type == NULL ? -1 : PyModule_AddObjectRef(package, "Change", (PyObject *)change_type);
}

#define KIND(NAME, number, op, is_option) [number] = #NAME,
static const char *const kinds[] = {CMS_CHANGES(KIND)};
#undef KIND

/* SET_SECTION as "set_section". */
static PyObject *kind_of(cms_change_kind kind)
{
    char text[32];
    const char *name = (unsigned)kind < sizeof kinds / sizeof *kinds ? kinds[kind] : NULL;
    if (name == NULL) {
        return PyUnicode_FromFormat("%d", (int)kind);
    }

    size_t length = 0;
    for (; name[length] != '\0' && length < sizeof text - 1; length++) {
        text[length] = (char)Py_TOLOWER(name[length]);
    }

    text[length] = '\0';
    return PyUnicode_InternFromString(text);
}

static PyObject *text_or_none(const char *text)
{
    return text == NULL ? Py_NewRef(Py_None) : text_of(text, strlen(text));
}

static PyObject *row_of(const cms_change *change)
{
    if (change->cells == NULL) {
        return Py_NewRef(Py_None);
    }

    PyObject *row = PyDict_New();
    for (size_t index = 0; row != NULL && index < change->cell_count; index++) {
        const cms_cell *cell = &change->cells[index];
        PyObject *column = text_of(cell->column, strlen(cell->column));
        PyObject *value = column == NULL ? NULL : handed_out(value_of(&cell->value, cell->bytes));
        if (value == NULL || PyDict_SetItem(row, column, value) < 0) {
            Py_CLEAR(row);
        }

        Py_XDECREF(column);
        Py_XDECREF(value);
    }

    return row;
}

/* The change's pointers are good as long as the subscription is not used, which its object sees to. */
static PyObject *change_of(const cms_change *change)
{
    PyObject *object = PyStructSequence_New(change_type);
    if (object == NULL) {
        return NULL;
    }

    PyObject *const members[] = {
        PyLong_FromUnsignedLongLong(change->revision),
        kind_of(change->kind),
        text_or_none(change->key),
        change->kind == CMS_CHANGE_SET ? handed_out(value_of(&change->value, change->bytes)) : Py_NewRef(Py_None),
        text_or_none(change->section),
        change->section == NULL ? Py_NewRef(Py_None) : PyLong_FromUnsignedLongLong(change->section_id),
        text_or_none(change->option),
        text_or_none(change->name),
        text_or_none(change->type),
        change->kind == CMS_CHANGE_REORDER ? PyLong_FromSize_t(change->index) : Py_NewRef(Py_None),
        text_or_none(change->table),
        row_of(change),
        PyBool_FromLong(change->is_last),
    };
    bool is_whole = true;
    for (Py_ssize_t index = 0; index < (Py_ssize_t)(sizeof members / sizeof *members); index++) {
        is_whole = is_whole && members[index] != NULL;
        PyStructSequence_SetItem(object, index, members[index]);
    }

    if (!is_whole) {
        Py_CLEAR(object);
    }

    return object;
}

static int newest_revision(module_object *module, uint64_t *revision)
{
    cms_module *native = native_of(module);
    const cms_status status = native == NULL ? CMS_OK : cms_revision(native, revision);
    if (status != CMS_OK) {
        raise_status(status, module->name);
    }

    return PyErr_Occurred() ? -1 : 0;
}

PyObject *make_changes(module_object *module, PyObject *since, PyObject *timeout)
{
    int64_t deadline = 0;
    uint64_t revision = since == Py_None ? 0 : PyLong_AsUnsignedLongLong(since);
    if (PyErr_Occurred() || take_timeout(timeout, &deadline) < 0 || native_of(module) == NULL
        || (since == Py_None && newest_revision(module, &revision) < 0)) {
        return NULL;
    }

    cms_node *node = take_node(module);
    if (node == NULL) {
        return NULL;
    }

    cms_subscription *native = NULL;
    const cms_status status = cms_subscribe(node, module->name, revision, &native);
    changes_object *changes = status == CMS_OK ? PyObject_New(changes_object, &changes_type) : NULL;
    if (changes == NULL) {
        cms_unsubscribe(native);
        give_node(module, node, getpid());
        return status == CMS_OK ? NULL : raise_status(status, module->name);
    }

    changes->module = (module_object *)Py_NewRef((PyObject *)module);
    changes->node = node;
    changes->native = native;
    changes->process = getpid();
    changes->timeout = Py_NewRef(timeout);
    return (PyObject *)changes;
}

static void end(changes_object *changes)
{
    cms_subscription *native = changes->native;
    cms_node *node = changes->node;
    changes->native = NULL;
    changes->node = NULL;
    if (native != NULL) {
        cms_unsubscribe(native);
        give_node(changes->module, node, changes->process);
    }
}

static void changes_dealloc(PyObject *self)
{
    changes_object *changes = (changes_object *)self;
    end(changes);
    Py_DECREF(changes->module);
    Py_DECREF(changes->timeout);
    Py_TYPE(self)->tp_free(self);
}

struct change_wait {
    cms_subscription *subscription;
    cms_change change;
};

static cms_status wait_for_change(void *context, int timeout_ms)
{
    struct change_wait *wait = context;
    return cms_next_change(wait->subscription, timeout_ms, &wait->change);
}

/* Whether it can be asked; false with an exception, or without one when it has ended. */
static bool can_wait(const changes_object *changes)
{
    if (changes->node == NULL) {
        return false;
    }

    if (changes->native == NULL) {
        PyErr_SetString(PyExc_ValueError, "another thread waits for these changes");
    } else if (changes->process != getpid()) {
        PyErr_SetString(PyExc_ValueError, "these changes belong to another process");
    } else {
        return true;
    }

    return false;
}

static PyObject *changes_next(PyObject *self)
{
    changes_object *changes = (changes_object *)self;
    struct change_wait wait = {.subscription = changes->native};
    int64_t deadline = 0;
    if (!can_wait(changes) || take_timeout(changes->timeout, &deadline) < 0) {
        return NULL;
    }

    /* Nobody else can reach it until it is back. */
    changes->native = NULL;
    const int status = wait_until(deadline, wait_for_change, &wait);
    PyObject *change = status == CMS_OK ? change_of(&wait.change) : NULL;
    changes->native = wait.subscription;
    if (status == CMS_UNAVAILABLE || status == CMS_NO_MEMORY) {
        /* Nothing is lost; it can be asked again. */
        return raise_refusal((cms_status)status, changes->node);
    }

    if (status > 0 && status != CMS_TIMED_OUT) {
        raise_refusal((cms_status)status, changes->node);
        end(changes);
    }

    return change;
}

static PyObject *changes_close(PyObject *self, PyObject *unused)
{
    (void)unused;
    changes_object *changes = (changes_object *)self;
    if (changes->node != NULL && changes->native == NULL) {
        PyErr_SetString(PyExc_ValueError, "another thread waits for these changes");
        return NULL;
    }

    end(changes);
    Py_RETURN_NONE;
}

static PyMethodDef changes_methods[] = {
    {"close", changes_close, METH_NOARGS, PyDoc_STR("close($self, /)\n--\n\nEnds the subscription.")},
    {NULL, NULL, 0, NULL},
};

PyTypeObject changes_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "cms.Changes",
    .tp_doc = PyDoc_STR("An iterator of changes in order, none left out; it waits for the next one. Made by Module.changes().\n\n"
                        "When the time is over it ends, and iterating again goes on where it was. Raises Unavailable when there is something new and\n"
                        "the daemon is not there to tell what; iterate again later, nothing is lost. Raises TooOld when the changes are no longer\n"
                        "kept: read the module anew."),
    .tp_basicsize = sizeof(changes_object),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_dealloc = changes_dealloc,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = changes_next,
    .tp_methods = changes_methods,
};
