/* Module.many: many keys at one revision, looked up together so that their memory is fetched together. */
#include "package.h"

/* Longer values have everything read again, one after the other from a snapshot. */
enum { VALUE_SIZE = 128 };

struct many {
    size_t count;
    cms_query *queries;
    PyObject **owners;     /* of the keys' bytes */
    unsigned char *buffers;
};

static void many_end(struct many *many)
{
    for (size_t index = 0; many->owners != NULL && index < many->count; index++) {
        Py_XDECREF(many->owners[index]);
    }

    PyMem_Free(many->queries);
    PyMem_Free(many->owners);
    PyMem_Free(many->buffers);
}

static int many_begin(struct many *many, PyObject *keys)
{
    const size_t count = (size_t)PyTuple_GET_SIZE(keys);
    *many = (struct many){
        .count = count,
        .queries = PyMem_Calloc(count + 1, sizeof *many->queries),
        .owners = PyMem_Calloc(count + 1, sizeof *many->owners),
        .buffers = PyMem_Calloc(count + 1, VALUE_SIZE),
    };
    if (many->queries == NULL || many->owners == NULL || many->buffers == NULL) {
        PyErr_NoMemory();
        return -1;
    }

    for (size_t index = 0; index < count; index++) {
        cms_query *query = &many->queries[index];
        query->key = bytes_of(PyTuple_GET_ITEM(keys, (Py_ssize_t)index), &query->key_size, &many->owners[index]);
        query->buffer = many->buffers + index * VALUE_SIZE;
        query->capacity = VALUE_SIZE;
        if (query->key == NULL) {
            return -1;
        }
    }

    return 0;
}

static PyObject *answer_of(const cms_query *query, PyObject *key, PyObject *fallback)
{
    return query->status == CMS_OK         ? handed_out(value_of(&query->value, query->buffer))
        : query->status == CMS_NOT_FOUND ? Py_NewRef(fallback)
                                         : raise_about(query->status, key);
}

/* Whether every value was short enough. */
static bool is_whole(const struct many *many)
{
    for (size_t index = 0; index < many->count; index++) {
        if (many->queries[index].status == CMS_BUFFER_TOO_SMALL) {
            return false;
        }
    }

    return true;
}

static PyObject *answers_of(const struct many *many, PyObject *keys, PyObject *fallback)
{
    PyObject *values = PyList_New((Py_ssize_t)many->count);
    for (Py_ssize_t index = 0; values != NULL && index < PyList_GET_SIZE(values); index++) {
        PyObject *value = answer_of(&many->queries[index], PyTuple_GET_ITEM(keys, index), fallback);
        if (value == NULL) {
            Py_CLEAR(values);
        } else {
            PyList_SET_ITEM(values, index, value);
        }
    }

    return values;
}

static PyObject *read_each(const module_object *module, const cms_snapshot *snapshot, PyObject *arguments)
{
    PyObject *keys = PyTuple_GET_ITEM(arguments, 0);
    PyObject *values = PyList_New(PyTuple_GET_SIZE(keys));
    for (Py_ssize_t index = 0; values != NULL && index < PyList_GET_SIZE(values); index++) {
        cms_module *native = native_of(module);
        PyObject *found = native == NULL ? NULL : read_key(native, snapshot, PyTuple_GET_ITEM(keys, index));
        PyObject *value = found == NULL ? NULL : or_else(found, PyTuple_GET_ITEM(arguments, 1));
        if (value == NULL) {
            Py_CLEAR(values);
        } else {
            PyList_SET_ITEM(values, index, value);
        }
    }

    return values;
}

PyObject *read_many(module_object *module, PyObject *keys, PyObject *fallback)
{
    struct many many = {0};
    PyObject *values = NULL;
    PyObject *tuple = PySequence_Tuple(keys);
    if (tuple != NULL && many_begin(&many, tuple) == 0 && native_of(module) != NULL) {
        const cms_status status = cms_find_many(module->native, many.queries, many.count, NULL);
        if (status != CMS_OK) {
            raise_status(status, NULL);
        } else if (is_whole(&many)) {
            values = answers_of(&many, tuple, fallback);
        } else {
            PyObject *both = PyTuple_Pack(2, tuple, fallback);
            values = both == NULL ? NULL : at_newest(module, read_each, both);
            Py_XDECREF(both);
        }
    }

    many_end(&many);
    Py_XDECREF(tuple);
    return values;
}
