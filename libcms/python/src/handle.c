/* cms.Handle: an option that is read again and again, or waited for. */
#include "package.h"

typedef struct handle_object {
    PyObject_HEAD
    module_object *module;
    PyObject *key;
    PyObject *owner;   /* of the key's bytes */
    PyObject *kept;    /* made of the last answer; None: the option is missing; NULL: there was no answer */
    uint64_t revision; /* that the option was last set at, by the last answer */
    cms_handle native;
} handle_object;

PyObject *make_handle(module_object *module, PyObject *key)
{
    PyObject *owner = NULL;
    size_t size = 0;
    cms_handle native;
    cms_module *of = native_of(module);
    const char *bytes = of == NULL ? NULL : bytes_of(key, &size, &owner);
    if (bytes == NULL) {
        return NULL;
    }

    const cms_status status = cms_handle_init(&native, of, bytes, size);
    handle_object *handle = status == CMS_OK ? PyObject_New(handle_object, &handle_type) : NULL;
    if (handle == NULL) {
        Py_DECREF(owner);
        return status == CMS_OK ? NULL : raise_about(status, key);
    }

    handle->module = (module_object *)Py_NewRef((PyObject *)module);
    handle->key = Py_NewRef(key);
    handle->owner = owner;
    handle->kept = NULL;
    handle->revision = 0;
    handle->native = native;
    return (PyObject *)handle;
}

static void handle_dealloc(PyObject *self)
{
    handle_object *handle = (handle_object *)self;
    Py_DECREF(handle->module);
    Py_DECREF(handle->key);
    Py_DECREF(handle->owner);
    Py_XDECREF(handle->kept);
    Py_TYPE(self)->tp_free(self);
}

static void key_bytes(const handle_object *handle, const char **bytes, size_t *size)
{
    Py_ssize_t length = 0;
    if (PyBytes_Check(handle->owner)) {
        *bytes = PyBytes_AS_STRING(handle->owner);
        length = PyBytes_GET_SIZE(handle->owner);
    } else {
        /* They were made when the handle was and are kept by the str. */
        *bytes = PyUnicode_AsUTF8AndSize(handle->owner, &length);
    }

    *size = (size_t)length;
}

/* As for the cache of a module: what is put back is a handle and the object made of its answer. */
static __attribute__((noinline)) PyObject *read_again(handle_object *handle)
{
    cms_handle native = handle->native;
    struct place place = {.module = handle->module->native, .handle = &native};
    uint64_t revision = 0;
    key_bytes(handle, &place.key, &place.key_size);
    PyObject *read = read_place(&place, &revision);
    if (read != NULL) {
        handle->native = native;
        handle->revision = revision;
        Py_XSETREF(handle->kept, Py_NewRef(read));
    }

    return read;
}

/* The value as value_of gives it, None when there is none, NULL with an exception. */
static PyObject *look_up(handle_object *handle)
{
    if (RARELY(native_of(handle->module) == NULL)) {
        return NULL;
    }

    return __builtin_expect(handle->kept != NULL && !cms_handle_has_changed(&handle->native), 1) ? Py_NewRef(handle->kept) : read_again(handle);
}

static PyObject *handle_value(PyObject *self, void *unused)
{
    (void)unused;
    PyObject *found = look_up((handle_object *)self);
    return found == NULL ? NULL : require(found, ((handle_object *)self)->key);
}

static PyObject *handle_get(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    if (count > 1) {
        return PyErr_Format(PyExc_TypeError, "get() takes at most a default, not %zd arguments", count);
    }

    return or_else(look_up((handle_object *)self), count == 1 ? arguments[0] : NULL);
}

static PyObject *handle_wait(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    static const char *const names[] = {"timeout", NULL};
    handle_object *handle = (handle_object *)self;
    PyObject *timeout = Py_None;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|O:wait", NAMES(names), &timeout) || native_of(handle->module) == NULL) {
        return NULL;
    }

    if (handle->kept == NULL) {
        PyObject *first = look_up(handle);
        if (first == NULL) {
            return NULL;
        }

        Py_DECREF(first);
    }

    const char *bytes;
    size_t size = 0;
    key_bytes(handle, &bytes, &size);
    if (wait_for_value(handle->module, bytes, size, handle->kept != Py_None, handle->revision, timeout) < 0) {
        return NULL;
    }

    return or_else(look_up(handle), NULL);
}

static PyObject *handle_key(PyObject *self, void *unused)
{
    (void)unused;
    return Py_NewRef(((handle_object *)self)->key);
}

static PyObject *handle_represent(PyObject *self)
{
    return PyUnicode_FromFormat("<cms.Handle %R>", ((handle_object *)self)->key);
}

static PyMethodDef handle_methods[] = {
    {"get", (PyCFunction)(void (*)(void))handle_get, METH_FASTCALL,
        PyDoc_STR("get($self, default=None, /)\n--\n\nThe newest value, or the default when the option is missing.")},
    {"wait", (PyCFunction)(void (*)(void))handle_wait, METH_VARARGS | METH_KEYWORDS,
        PyDoc_STR("wait($self, /, timeout=None)\n--\n\nWaits until the option is set, removed or there again, counted from what this handle was last asked for,\n"
                  "and returns the newest value, None when it was removed.\n\ntimeout: seconds; None waits for ever. Raises Timeout.")},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef handle_members[] = {
    {"value", handle_value, NULL, "The newest value. Raises NotFound.", NULL},
    {"key", handle_key, NULL, "The key that it was made of.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

PyTypeObject handle_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "cms.Handle",
    .tp_doc = PyDoc_STR("An option of a module, which is looked up once and from then on only checked. Made by Module.handle()."),
    .tp_basicsize = sizeof(handle_object),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_dealloc = handle_dealloc,
    .tp_repr = handle_represent,
    .tp_methods = handle_methods,
    .tp_getset = handle_members,
};
