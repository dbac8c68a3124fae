/* What a module, a snapshot and a section have in common as mappings. */
#include "package.h"

static PyObject *collections;

int prepare_views(void)
{
    collections = PyImport_ImportModule("collections.abc");
    return collections == NULL ? -1 : 0;
}

PyObject *view_of(PyObject *mapping, const char *kind)
{
    return PyObject_CallMethod(collections, kind, "O", mapping);
}

PyObject *require(PyObject *found, PyObject *key)
{
    if (found == Py_None) {
        Py_DECREF(found);
        return raise_about(CMS_NOT_FOUND, key);
    }

    return handed_out(found);
}

PyObject *or_else(PyObject *found, PyObject *fallback)
{
    if (found == Py_None && fallback != NULL) {
        Py_DECREF(found);
        return Py_NewRef(fallback);
    }

    return handed_out(found);
}

int parse_get(PyObject *const *arguments, Py_ssize_t count, PyObject **key, PyObject **fallback)
{
    if (count < 1 || count > 2) {
        PyErr_Format(PyExc_TypeError, "get() takes a key and perhaps a default, not %zd arguments", count);
        return -1;
    }

    *key = arguments[0];
    *fallback = count == 2 ? arguments[1] : NULL;
    return 0;
}
