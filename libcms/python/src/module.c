/* cms.Module: reading a module at its newest revision. */
#include "package.h"

#include <stdlib.h>
#include <string.h>

/* Longer values are read where they lie, so that the cache stays small. */
enum { MOST_KEPT = 4096 };

cms_module *native_of(const module_object *module)
{
    if (RARELY(module->native == NULL)) {
        PyErr_SetString(PyExc_ValueError, "the module is closed");
    }

    return module->native;
}

cms_status open_again(const module_object *module, cms_module **opened)
{
    return module->name == NULL ? cms_open_file(module->path, opened) : cms_open(module->name, module->path, opened);
}

/* The same run directory also when the environment changes later. */
static char *copy_of_path(const char *name, const char *path)
{
    const char *from = path != NULL || name == NULL ? path : getenv("CMS_RUN_DIRECTORY");
    return from == NULL ? NULL : strdup(from);
}

PyObject *open_module(const char *name, const char *path)
{
    module_object *module = PyObject_New(module_object, &module_type);
    if (module == NULL) {
        return NULL;
    }

    module->native = NULL;
    module->waiters = NULL;
    module->nodes = NULL;
    module->name = name == NULL ? NULL : strdup(name);
    module->path = copy_of_path(name, path);
    cache_begin(&module->cache);
    const cms_status status = (module->name == NULL) != (name == NULL) ? CMS_NO_MEMORY : open_again(module, &module->native);
    if (status != CMS_OK) {
        Py_DECREF(module);
        return raise_status(status, name != NULL ? name : path);
    }

    return (PyObject *)module;
}

static void close_module(module_object *module)
{
    cms_module *native = module->native;
    module->native = NULL;
    cache_end(&module->cache);
    end_idle(module);
    cms_close(native);
}

static void module_dealloc(PyObject *self)
{
    module_object *module = (module_object *)self;
    close_module(module);
    free(module->name);
    free(module->path);
    Py_TYPE(self)->tp_free(self);
}

static bool is_short(PyObject *kept)
{
    return PyUnicode_CheckExact(kept) ? PyUnicode_GET_LENGTH(kept) <= MOST_KEPT : !PyTuple_CheckExact(kept) || PyTuple_GET_SIZE(kept) <= MOST_KEPT / 64;
}

/*
 * Reads through a handle that is kept. The handle is copied out and back, since making the object may run code that
 * uses this module, too; what is put back is a handle and the object made of its answer.
 */
static PyObject *read_through_handle(module_object *module, struct cached *cached, PyObject *key)
{
    cms_handle handle;
    struct place place = {.module = module->native, .handle = &handle};
    PyObject *owner = cached != NULL ? cached->key : key;
    Py_ssize_t size = 0;
    place.key = PyUnicode_AsUTF8AndSize(owner, &size);
    place.key_size = (size_t)size;
    if (place.key == NULL) {
        PyErr_Clear();
        return read_key(module->native, NULL, key);
    }

    if (cached != NULL) {
        handle = cached->handle;
    } else if (cms_handle_init(&handle, module->native, place.key, place.key_size) != CMS_OK) {
        return Py_NewRef(Py_None);
    }

    Py_INCREF(owner);
    PyObject *read = read_place(&place, NULL);
    if (read != NULL && module->native != NULL && is_short(read)) {
        cache_put(&module->cache, owner, &handle, read);
    }

    Py_DECREF(owner);
    return read;
}

static __attribute__((noinline)) PyObject *look_further(module_object *module, struct cached *cached, PyObject *key)
{
    cms_module *native = native_of(module);
    return native == NULL            ? NULL
        : PyUnicode_CheckExact(key) ? read_through_handle(module, cached, key)
                                    : read_key(native, NULL, key);
}

/* The value as value_of gives it, None when there is none, NULL with an exception. */
static inline PyObject *look_up(module_object *module, PyObject *key)
{
    struct cached *cached = NULL;
    if (__builtin_expect(PyUnicode_CheckExact(key), 1)) {
        cached = cache_find(&module->cache, key);
        if (__builtin_expect(cached != NULL && !cms_handle_has_changed(&cached->handle), 1)) {
            return Py_NewRef(cached->kept);
        }
    }

    return look_further(module, cached, key);
}

static PyObject *module_subscript(PyObject *self, PyObject *key)
{
    PyObject *found = look_up((module_object *)self, key);
    return __builtin_expect(found != NULL && PyUnicode_CheckExact(found), 1) ? found : require(found, key);
}

static PyObject *module_get(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    PyObject *key;
    PyObject *fallback;
    return parse_get(arguments, count, &key, &fallback) < 0 ? NULL : or_else(look_up((module_object *)self, key), fallback);
}

static int module_contains(PyObject *self, PyObject *key)
{
    PyObject *found = look_up((module_object *)self, key);
    const int contains = found == NULL ? -1 : found != Py_None;
    Py_XDECREF(found);
    return contains;
}

static PyObject *make_count(const module_object *module, const cms_snapshot *snapshot, PyObject *unused)
{
    (void)unused;
    const Py_ssize_t count = count_at(module, snapshot);
    return count < 0 ? NULL : PyLong_FromSsize_t(count);
}

static Py_ssize_t module_length(PyObject *self)
{
    PyObject *count = at_newest((module_object *)self, make_count, NULL);
    const Py_ssize_t length = count == NULL ? -1 : PyLong_AsSsize_t(count);
    Py_XDECREF(count);
    return length;
}

static PyObject *make_keys(const module_object *module, const cms_snapshot *snapshot, PyObject *unused)
{
    (void)unused;
    return keys_at(module, snapshot);
}

static PyObject *module_iterate(PyObject *self)
{
    PyObject *keys = at_newest((module_object *)self, make_keys, NULL);
    PyObject *iterator = keys == NULL ? NULL : PyObject_GetIter(keys);
    Py_XDECREF(keys);
    return iterator;
}

static PyObject *module_snapshot(PyObject *self, PyObject *unused)
{
    (void)unused;
    return take_snapshot((module_object *)self);
}

static PyObject *view_of_newest(PyObject *self, const char *kind)
{
    PyObject *snapshot = take_snapshot((module_object *)self);
    PyObject *view = snapshot == NULL ? NULL : view_of(snapshot, kind);
    Py_XDECREF(snapshot);
    return view;
}

static PyObject *module_keys(PyObject *self, PyObject *unused)
{
    (void)unused;
    return view_of_newest(self, "KeysView");
}

static PyObject *module_items(PyObject *self, PyObject *unused)
{
    (void)unused;
    return view_of_newest(self, "ItemsView");
}

static PyObject *module_values(PyObject *self, PyObject *unused)
{
    (void)unused;
    return view_of_newest(self, "ValuesView");
}

static PyObject *module_sections(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    static const char *const names[] = {"type", NULL};
    PyObject *type = Py_None;
    return PyArg_ParseTupleAndKeywords(arguments, keywords, "|O:sections", NAMES(names), &type) ? at_newest((module_object *)self, sections_at, type) : NULL;
}

static PyObject *module_section(PyObject *self, PyObject *name)
{
    return at_newest((module_object *)self, section_at, name);
}

static PyObject *module_handle(PyObject *self, PyObject *key)
{
    return make_handle((module_object *)self, key);
}

static PyObject *module_many(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    static const char *const names[] = {"keys", "default", NULL};
    PyObject *keys;
    PyObject *fallback = Py_None;
    return PyArg_ParseTupleAndKeywords(arguments, keywords, "O|O:many", NAMES(names), &keys, &fallback)
        ? read_many((module_object *)self, keys, fallback)
        : NULL;
}

static PyObject *module_wait(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    static const char *const names[] = {"seen", "timeout", NULL};
    PyObject *seen = Py_None;
    PyObject *timeout = Py_None;
    return PyArg_ParseTupleAndKeywords(arguments, keywords, "|OO:wait", NAMES(names), &seen, &timeout)
        ? wait_for_revision((module_object *)self, seen, timeout)
        : NULL;
}

static PyObject *module_transaction(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    static const char *const names[] = {"message", NULL};
    PyObject *message = Py_None;
    return PyArg_ParseTupleAndKeywords(arguments, keywords, "|O:transaction", NAMES(names), &message)
        ? make_transaction((module_object *)self, message)
        : NULL;
}

static PyObject *module_changes(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    static const char *const names[] = {"since", "timeout", NULL};
    PyObject *since = Py_None;
    PyObject *timeout = Py_None;
    return PyArg_ParseTupleAndKeywords(arguments, keywords, "|OO:changes", NAMES(names), &since, &timeout)
        ? make_changes((module_object *)self, since, timeout)
        : NULL;
}

static PyObject *module_table(PyObject *self, PyObject *name)
{
    return make_table((module_object *)self, NULL, name);
}

static PyObject *module_tables(PyObject *self, PyObject *unused)
{
    (void)unused;
    return at_newest((module_object *)self, tables_at, NULL);
}

static PyObject *module_close(PyObject *self, PyObject *unused)
{
    (void)unused;
    close_module((module_object *)self);
    Py_RETURN_NONE;
}

static PyObject *module_enter(PyObject *self, PyObject *unused)
{
    (void)unused;
    return native_of((module_object *)self) == NULL ? NULL : Py_NewRef(self);
}

static PyObject *module_revision(PyObject *self, void *unused)
{
    (void)unused;
    cms_module *native = native_of((module_object *)self);
    uint64_t revision = 0;
    if (native == NULL) {
        return NULL;
    }

    const cms_status status = cms_revision(native, &revision);
    return status == CMS_OK ? PyLong_FromUnsignedLongLong(revision) : raise_status(status, NULL);
}

static PyObject *module_represent(PyObject *self)
{
    const module_object *module = (module_object *)self;
    return PyUnicode_FromFormat("<%scms.Module %s>", module->native == NULL ? "closed " : "", module->name != NULL ? module->name : module->path);
}

static PyMethodDef module_methods[] = {
    {"get", (PyCFunction)(void (*)(void))module_get, METH_FASTCALL,
        PyDoc_STR("get($self, key, default=None, /)\n--\n\nThe value of an option, or the default when it is missing.")},
    {"many", (PyCFunction)(void (*)(void))module_many, METH_VARARGS | METH_KEYWORDS,
        PyDoc_STR("many($self, /, keys, default=None)\n--\n\nThe values of many keys, in their order and all at one revision; the default for those that are missing.")},
    {"keys", module_keys, METH_NOARGS, PyDoc_STR("keys($self, /)\n--\n\nThe keys of all options in order, at one revision.")},
    {"items", module_items, METH_NOARGS, PyDoc_STR("items($self, /)\n--\n\nAll keys and values in order, at one revision.")},
    {"values", module_values, METH_NOARGS, PyDoc_STR("values($self, /)\n--\n\nAll values in order, at one revision.")},
    {"sections", (PyCFunction)(void (*)(void))module_sections, METH_VARARGS | METH_KEYWORDS,
        PyDoc_STR("sections($self, /, type=None)\n--\n\nThe sections in order as a list, all at one revision; those of a type, if one is given.")},
    {"section", module_section, METH_O,
        PyDoc_STR("section($self, name_or_id, /)\n--\n\nThe section of a name (a str) or an id (an int). Raises NotFound.")},
    {"snapshot", module_snapshot, METH_NOARGS,
        PyDoc_STR("snapshot($self, /)\n--\n\nThe module as it is now; later commits do not change what it reads.")},
    {"handle", module_handle, METH_O,
        PyDoc_STR("handle($self, key, /)\n--\n\nA handle of an option, which need not be there yet: the fastest way to read it again, and a way to wait for it.")},
    {"wait", (PyCFunction)(void (*)(void))module_wait, METH_VARARGS | METH_KEYWORDS,
        PyDoc_STR("wait($self, /, seen=None, timeout=None)\n--\n\nWaits for a commit after the revision that was seen (None: the newest now) and returns the newest one.\n\n"
                  "timeout: seconds; None waits for ever. Raises Timeout. Works without the daemon; other threads go on meanwhile.")},
    {"transaction", (PyCFunction)(void (*)(void))module_transaction, METH_VARARGS | METH_KEYWORDS,
        PyDoc_STR("transaction($self, /, message=None)\n--\n\nBegins a transaction: a with block whose changes are committed at its end, all or none.\n\n"
                  "message: what the history shows for the commit.")},
    {"changes", (PyCFunction)(void (*)(void))module_changes, METH_VARARGS | METH_KEYWORDS,
        PyDoc_STR("changes($self, /, since=None, timeout=None)\n--\n\nAn iterator of every change of the commits after a revision (None: the newest now), in order, none left out.\n\n"
                  "timeout: it ends when nothing has changed for so many seconds; None waits for ever.")},
    {"table", module_table, METH_O, PyDoc_STR("table($self, name, /)\n--\n\nA table, each time read at its newest revision. Raises NotFound.")},
    {"tables", module_tables, METH_NOARGS, PyDoc_STR("tables($self, /)\n--\n\nThe names of the tables in the order of their creation, as a list.")},
    {"close", module_close, METH_NOARGS, PyDoc_STR("close($self, /)\n--\n\nUnmaps the segment. What was made of the module cannot be read any more.")},
    {"__enter__", module_enter, METH_NOARGS, NULL},
    {"__exit__", module_close, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef module_members[] = {
    {"revision", module_revision, NULL, "The newest commit that can be seen now.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMappingMethods module_mapping = {.mp_length = module_length, .mp_subscript = module_subscript};
static PySequenceMethods module_sequence = {.sq_contains = module_contains};

PyTypeObject module_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "cms.Module",
    .tp_doc = PyDoc_STR("A module, read from shared memory: a mapping of keys, as in network[\"lan.ipaddr\"], to values.\n\n"
                        "A value is a str, int, float, bool, or a list of one of these. Each read sees the newest commit; snapshot() reads at one\n"
                        "revision. Bytes that are no UTF-8 are in a str by surrogateescape. Made by cms.open()."),
    .tp_basicsize = sizeof(module_object),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_dealloc = module_dealloc,
    .tp_repr = module_represent,
    .tp_iter = module_iterate,
    .tp_as_mapping = &module_mapping,
    .tp_as_sequence = &module_sequence,
    .tp_methods = module_methods,
    .tp_getset = module_members,
};
