/* cms.Snapshot: reading a module at one revision; and what a module does by way of one. */
#include "package.h"

/* So often is a snapshot that is too old in the midst of reading replaced by a new one. */
enum { MOST_ATTEMPTS = 16 };

PyObject *at_newest(module_object *module, PyObject *(*make)(const module_object *, const cms_snapshot *, PyObject *), PyObject *argument)
{
    for (unsigned attempt = 0;; attempt++) {
        cms_snapshot snapshot;
        cms_module *native = native_of(module);
        if (native == NULL) {
            return NULL;
        }

        const cms_status status = cms_snapshot_take(native, &snapshot);
        PyObject *made = status == CMS_OK ? make(module, &snapshot, argument) : raise_status(status, NULL);
        if (made != NULL || attempt == MOST_ATTEMPTS || !is_raised(CMS_TOO_OLD)) {
            return made;
        }

        PyErr_Clear();
    }
}

/* The next section; 0 when there are no more, -1 with an exception. */
static int next_section(const module_object *module, cms_cursor *cursor, cms_section *section)
{
    if (native_of(module) == NULL) {
        return -1;
    }

    const cms_status status = cms_sections_next(cursor, section);
    if (status != CMS_OK && status != CMS_END) {
        raise_status(status, NULL);
    }

    return status == CMS_OK ? 1 : status == CMS_END ? 0 : -1;
}

static int begin_sections(const module_object *module, const cms_snapshot *snapshot, cms_cursor *cursor)
{
    const cms_status status = native_of(module) == NULL ? CMS_OK : cms_sections_begin(snapshot, cursor);
    if (status != CMS_OK) {
        raise_status(status, NULL);
    }

    return PyErr_Occurred() ? -1 : 0;
}

Py_ssize_t count_at(const module_object *module, const cms_snapshot *snapshot)
{
    cms_cursor cursor;
    cms_section section;
    Py_ssize_t count = 0;
    int got = begin_sections(module, snapshot, &cursor);
    if (got < 0) {
        return -1;
    }

    while ((got = next_section(module, &cursor, &section)) > 0) {
        count += (Py_ssize_t)section.option_count;
    }

    return got < 0 ? -1 : count;
}

static int append_key(PyObject *keys, const cms_section *section, const char *option)
{
    unsigned char key[CMS_KEY_SIZE];
    size_t size = 0;
    const cms_status status = cms_section_key(section, option, key, &size);
    PyObject *text = status == CMS_OK ? text_of(key, size) : raise_status(status, option);
    const int appended = text == NULL ? -1 : PyList_Append(keys, text);
    Py_XDECREF(text);
    return appended;
}

static int append_keys(const module_object *module, const cms_snapshot *snapshot, const cms_section *section, PyObject *keys)
{
    cms_cursor cursor;
    cms_option option;
    struct bytes bytes;
    int appended = 0;
    cms_status status = cms_options_begin(snapshot, section, &cursor);
    bytes_begin(&bytes);
    while (status == CMS_OK && appended == 0 && native_of(module) != NULL) {
        status = cms_options_next(&cursor, &option, bytes.start, bytes.capacity);
        if (status == CMS_OK) {
            appended = append_key(keys, section, option.name);
        } else if (status == CMS_BUFFER_TOO_SMALL && bytes_grow(&bytes, option.value.size) == 0) {
            status = CMS_OK;
        }
    }

    bytes_end(&bytes);
    if (!PyErr_Occurred() && status != CMS_OK && status != CMS_END) {
        raise_status(status, section->name);
    }

    return PyErr_Occurred() ? -1 : 0;
}

PyObject *keys_at(const module_object *module, const cms_snapshot *snapshot)
{
    cms_cursor cursor;
    cms_section section;
    PyObject *keys = PyList_New(0);
    int got = keys == NULL || begin_sections(module, snapshot, &cursor) < 0 ? -1 : 1;
    while (got > 0 && (got = next_section(module, &cursor, &section)) > 0) {
        got = append_keys(module, snapshot, &section, keys) < 0 ? -1 : 1;
    }

    if (got < 0) {
        Py_CLEAR(keys);
    }

    return keys;
}

PyObject *take_snapshot(module_object *module)
{
    cms_module *native = native_of(module);
    cms_snapshot taken;
    if (native == NULL) {
        return NULL;
    }

    const cms_status status = cms_snapshot_take(native, &taken);
    if (status != CMS_OK) {
        return raise_status(status, NULL);
    }

    snapshot_object *snapshot = PyObject_New(snapshot_object, &snapshot_type);
    if (snapshot != NULL) {
        snapshot->module = (module_object *)Py_NewRef((PyObject *)module);
        snapshot->native = taken;
    }

    return (PyObject *)snapshot;
}

static void snapshot_dealloc(PyObject *self)
{
    Py_DECREF(((snapshot_object *)self)->module);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *look_up(PyObject *self, PyObject *key)
{
    const snapshot_object *snapshot = (snapshot_object *)self;
    cms_module *native = native_of(snapshot->module);
    return native == NULL ? NULL : read_key(native, &snapshot->native, key);
}

static PyObject *snapshot_subscript(PyObject *self, PyObject *key)
{
    PyObject *found = look_up(self, key);
    return found == NULL ? NULL : require(found, key);
}

static PyObject *snapshot_get(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    PyObject *key;
    PyObject *fallback;
    return parse_get(arguments, count, &key, &fallback) < 0 ? NULL : or_else(look_up(self, key), fallback);
}

static int snapshot_contains(PyObject *self, PyObject *key)
{
    PyObject *found = look_up(self, key);
    const int contains = found == NULL ? -1 : found != Py_None;
    Py_XDECREF(found);
    return contains;
}

static Py_ssize_t snapshot_length(PyObject *self)
{
    const snapshot_object *snapshot = (snapshot_object *)self;
    return count_at(snapshot->module, &snapshot->native);
}

static PyObject *snapshot_iterate(PyObject *self)
{
    const snapshot_object *snapshot = (snapshot_object *)self;
    PyObject *keys = keys_at(snapshot->module, &snapshot->native);
    PyObject *iterator = keys == NULL ? NULL : PyObject_GetIter(keys);
    Py_XDECREF(keys);
    return iterator;
}

static PyObject *snapshot_keys(PyObject *self, PyObject *unused)
{
    (void)unused;
    return view_of(self, "KeysView");
}

static PyObject *snapshot_items(PyObject *self, PyObject *unused)
{
    (void)unused;
    return view_of(self, "ItemsView");
}

static PyObject *snapshot_values(PyObject *self, PyObject *unused)
{
    (void)unused;
    return view_of(self, "ValuesView");
}

static PyObject *snapshot_sections(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    static const char *const names[] = {"type", NULL};
    const snapshot_object *snapshot = (snapshot_object *)self;
    PyObject *type = Py_None;
    return PyArg_ParseTupleAndKeywords(arguments, keywords, "|O:sections", NAMES(names), &type)
        ? sections_at(snapshot->module, &snapshot->native, type)
        : NULL;
}

static PyObject *snapshot_section(PyObject *self, PyObject *name)
{
    const snapshot_object *snapshot = (snapshot_object *)self;
    return section_at(snapshot->module, &snapshot->native, name);
}

static PyObject *snapshot_table(PyObject *self, PyObject *name)
{
    const snapshot_object *snapshot = (snapshot_object *)self;
    return make_table(snapshot->module, &snapshot->native, name);
}

static PyObject *snapshot_tables(PyObject *self, PyObject *unused)
{
    (void)unused;
    const snapshot_object *snapshot = (snapshot_object *)self;
    return tables_at(snapshot->module, &snapshot->native, NULL);
}

static PyObject *snapshot_revision(PyObject *self, void *unused)
{
    (void)unused;
    return PyLong_FromUnsignedLongLong(((snapshot_object *)self)->native.revision);
}

static PyMethodDef snapshot_methods[] = {
    {"get", (PyCFunction)(void (*)(void))snapshot_get, METH_FASTCALL,
        PyDoc_STR("get($self, key, default=None, /)\n--\n\nThe value of an option, or the default when it is missing.")},
    {"keys", snapshot_keys, METH_NOARGS, PyDoc_STR("keys($self, /)\n--\n\nThe keys of all options in order.")},
    {"items", snapshot_items, METH_NOARGS, PyDoc_STR("items($self, /)\n--\n\nAll keys and values in order.")},
    {"values", snapshot_values, METH_NOARGS, PyDoc_STR("values($self, /)\n--\n\nAll values in order.")},
    {"sections", (PyCFunction)(void (*)(void))snapshot_sections, METH_VARARGS | METH_KEYWORDS,
        PyDoc_STR("sections($self, /, type=None)\n--\n\nThe sections in order as a list; those of a type, if one is given.")},
    {"section", snapshot_section, METH_O,
        PyDoc_STR("section($self, name_or_id, /)\n--\n\nThe section of a name (a str) or an id (an int). Raises NotFound.")},
    {"table", snapshot_table, METH_O, PyDoc_STR("table($self, name, /)\n--\n\nA table as it was at this revision. Raises NotFound.")},
    {"tables", snapshot_tables, METH_NOARGS, PyDoc_STR("tables($self, /)\n--\n\nThe names of the tables in the order of their creation, as a list.")},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef snapshot_members[] = {
    {"revision", snapshot_revision, NULL, "The commit at which it reads.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMappingMethods snapshot_mapping = {.mp_length = snapshot_length, .mp_subscript = snapshot_subscript};
static PySequenceMethods snapshot_sequence = {.sq_contains = snapshot_contains};

PyTypeObject snapshot_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "cms.Snapshot",
    .tp_doc = PyDoc_STR("A module at one revision: a mapping that later commits do not change.\n\n"
                        "The last commits are kept, not all; when this one is kept no longer, reading raises TooOld: take a new snapshot and begin\n"
                        "anew. Made by Module.snapshot()."),
    .tp_basicsize = sizeof(snapshot_object),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_dealloc = snapshot_dealloc,
    .tp_iter = snapshot_iterate,
    .tp_as_mapping = &snapshot_mapping,
    .tp_as_sequence = &snapshot_sequence,
    .tp_methods = snapshot_methods,
    .tp_getset = snapshot_members,
};
