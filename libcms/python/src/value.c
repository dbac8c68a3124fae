/* Values of libcms as objects of Python, and the other way. */
#include "package.h"

#include <string.h>

void bytes_begin(struct bytes *bytes)
{
    bytes->start = bytes->kept;
    bytes->capacity = sizeof bytes->kept;
}

int bytes_grow(struct bytes *bytes, size_t capacity)
{
    bytes_end(bytes);
    unsigned char *start = PyMem_Malloc(capacity);
    if (start == NULL) {
        PyErr_NoMemory();
        return -1;
    }

    bytes->start = start;
    bytes->capacity = capacity;
    return 0;
}

void bytes_end(struct bytes *bytes)
{
    if (bytes->start != bytes->kept) {
        PyMem_Free(bytes->start);
    }

    bytes_begin(bytes);
}

PyObject *text_of(const void *bytes, size_t size)
{
    return PyUnicode_DecodeUTF8(bytes, (Py_ssize_t)size, "surrogateescape");
}

static PyObject *scalar_of(const cms_value *value, const void *bytes)
{
    switch (value->type) {
    case CMS_TYPE_STRING:
        return text_of(bytes, value->size);
    case CMS_TYPE_INT:
        return PyLong_FromLongLong(value->as_int);
    case CMS_TYPE_FLOAT:
        return PyFloat_FromDouble(value->as_float);
    case CMS_TYPE_BOOL:
        return PyBool_FromLong(value->as_bool);
    default:
        return raise_status(CMS_CORRUPT, NULL);
    }
}

PyObject *value_of(const cms_value *value, const void *bytes)
{
    if (!value->is_list) {
        return scalar_of(value, bytes);
    }

    PyObject *tuple = PyTuple_New((Py_ssize_t)value->count);
    for (size_t index = 0; tuple != NULL && index < value->count; index++) {
        cms_value element;
        const void *element_bytes;
        const cms_status status = cms_value_element(value, bytes, index, &element, &element_bytes);
        PyObject *object = status == CMS_OK ? scalar_of(&element, element_bytes) : raise_status(status, NULL);
        if (object == NULL) {
            Py_CLEAR(tuple);
        } else {
            PyTuple_SET_ITEM(tuple, (Py_ssize_t)index, object);
        }
    }

    return tuple;
}

PyObject *handed_out(PyObject *kept)
{
    if (kept == NULL || !PyTuple_CheckExact(kept)) {
        return kept;
    }

    PyObject *list = PySequence_List(kept);
    Py_DECREF(kept);
    return list;
}

const char *bytes_of(PyObject *text, size_t *size, PyObject **owner)
{
    Py_ssize_t length = 0;
    const char *bytes = NULL;
    *owner = NULL;
    if (!PyUnicode_Check(text)) {
        return PyErr_Format(PyExc_TypeError, "a str is wanted, not %.100s", Py_TYPE(text)->tp_name), NULL;
    }

    bytes = PyUnicode_AsUTF8AndSize(text, &length);
    if (bytes != NULL) {
        *owner = Py_NewRef(text);
    } else if (PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) {
        PyErr_Clear();
        *owner = PyUnicode_AsEncodedString(text, "utf-8", "surrogateescape");
        if (*owner == NULL) {
            return NULL;
        }

        bytes = PyBytes_AS_STRING(*owner);
        length = PyBytes_GET_SIZE(*owner);
    }

    *size = (size_t)length;
    return bytes;
}

const char *plain_bytes_of(PyObject *text, PyObject **owner)
{
    size_t size = 0;
    const char *bytes = bytes_of(text, &size, owner);
    if (bytes != NULL && strlen(bytes) != size) {
        Py_CLEAR(*owner);
        PyErr_Format(PyExc_ValueError, "a zero character in %R", text);
        return NULL;
    }

    return bytes;
}

int take_scalar(PyObject *object, cms_value *value, const char **bytes, PyObject **owner)
{
    *value = (cms_value){.count = 1};
    *bytes = NULL;
    *owner = NULL;
    if (PyUnicode_Check(object)) {
        value->type = CMS_TYPE_STRING;
        *bytes = bytes_of(object, &value->size, owner);
        return *bytes == NULL ? -1 : 0;
    }

    if (PyBytes_Check(object)) {
        value->type = CMS_TYPE_STRING;
        value->size = (size_t)PyBytes_GET_SIZE(object);
        *owner = Py_NewRef(object);
        *bytes = PyBytes_AS_STRING(object);
        return 0;
    }

    if (PyBool_Check(object)) {
        value->type = CMS_TYPE_BOOL;
        value->as_bool = object == Py_True;
        return 0;
    }

    if (PyLong_Check(object)) {
        value->type = CMS_TYPE_INT;
        value->as_int = PyLong_AsLongLong(object);
        return value->as_int == -1 && PyErr_Occurred() ? -1 : 0;
    }

    if (PyFloat_Check(object)) {
        value->type = CMS_TYPE_FLOAT;
        value->as_float = PyFloat_AS_DOUBLE(object);
        return 0;
    }

    PyErr_Format(PyExc_TypeError, "a value is a str, int, float, bool, bytes or a list of these, not %.100s", Py_TYPE(object)->tp_name);
    return -1;
}

static cms_status find(const struct place *place, struct bytes *bytes, cms_value *value)
{
    return place->snapshot != NULL ? cms_snapshot_find(place->snapshot, place->key, place->key_size, bytes->start, bytes->capacity, value)
        : place->handle != NULL    ? cms_handle_find(place->handle, bytes->start, bytes->capacity, value)
                                   : cms_find(place->module, place->key, place->key_size, bytes->start, bytes->capacity, value);
}

PyObject *read_place(const struct place *place, uint64_t *revision)
{
    struct bytes bytes;
    cms_value value = {0};
    PyObject *read = NULL;
    bytes_begin(&bytes);
    cms_status status = find(place, &bytes, &value);
    /* It may be longer each time. */
    while (status == CMS_BUFFER_TOO_SMALL && bytes_grow(&bytes, value.size) == 0) {
        status = find(place, &bytes, &value);
    }

    if (revision != NULL) {
        *revision = status == CMS_OK ? value.revision : 0;
    }

    if (status == CMS_OK) {
        read = value_of(&value, bytes.start);
    } else if (status == CMS_NOT_FOUND) {
        read = Py_NewRef(Py_None);
    } else if (status != CMS_BUFFER_TOO_SMALL) {
        PyObject *key = text_of(place->key, place->key_size);
        if (key != NULL) {
            raise_about(status, key);
            Py_DECREF(key);
        }
    }

    bytes_end(&bytes);
    return read;
}

PyObject *read_key(cms_module *module, const cms_snapshot *snapshot, PyObject *key)
{
    struct place place = {.module = module, .snapshot = snapshot};
    PyObject *owner;
    place.key = bytes_of(key, &place.key_size, &owner);
    PyObject *read = place.key == NULL ? NULL : read_place(&place, NULL);
    Py_XDECREF(owner);
    return read;
}
