/* What can be put into a transaction. */
#include <inttypes.h>
#include <string.h>

#include "transaction.h"

/* A key as functions for texts take it; owner is to be released. */
static const char *address_of(PyObject *key, PyObject **owner)
{
    enum { ID_SIZE = 8 };
    size_t size = 0;
    const char *bytes = bytes_of(key, &size, owner);
    if (bytes == NULL || strlen(bytes) == size) {
        return bytes;
    }

    /* The key of an option of an anonymous section: the bytes of its id, a dot, the option. */
    uint64_t id = 0;
    PyObject *raw = *owner;
    *owner = NULL;
    if (size > ID_SIZE + 1 && bytes[ID_SIZE] == '.' && strlen(bytes + ID_SIZE) == size - ID_SIZE) {
        char address[2 * CMS_KEY_SIZE];
        memcpy(&id, bytes, ID_SIZE);
        const int length = snprintf(address, sizeof address, "#%" PRIu64 "%s", id, bytes + ID_SIZE);
        *owner = length < (int)sizeof address ? PyBytes_FromStringAndSize(address, length) : raise_about(CMS_TOO_LARGE, key);
    } else {
        PyErr_Format(PyExc_ValueError, "a zero character in %R", key);
    }

    Py_DECREF(raw);
    return *owner == NULL ? NULL : PyBytes_AS_STRING(*owner);
}

/* The elements of a list of Python's as libcms takes them. */
struct elements {
    Py_ssize_t count;
    cms_value *values;
    const char **bytes;
    PyObject **owners;
    cms_type type;
    bool has_zero; /* a zero byte in a string */
};

static void elements_end(struct elements *elements)
{
    for (Py_ssize_t index = 0; elements->owners != NULL && index < elements->count; index++) {
        Py_XDECREF(elements->owners[index]);
    }

    PyMem_Free(elements->values);
    PyMem_Free(elements->bytes);
    PyMem_Free(elements->owners);
}

/* The type that all elements so far have in common with one more: ints among floats are floats. */
static int join_type(struct elements *elements, Py_ssize_t index)
{
    const cms_type type = elements->values[index].type;
    if (index == 0 || type == elements->type) {
        elements->type = type;
        return 0;
    }

    const bool is_number = (type == CMS_TYPE_INT || type == CMS_TYPE_FLOAT) && (elements->type == CMS_TYPE_INT || elements->type == CMS_TYPE_FLOAT);
    if (!is_number) {
        PyErr_SetString(PyExc_TypeError, "the elements of a list are of one type");
        return -1;
    }

    elements->type = CMS_TYPE_FLOAT;
    return 0;
}

static int take_elements(PyObject *tuple, struct elements *elements)
{
    const size_t count = (size_t)PyTuple_GET_SIZE(tuple);
    *elements = (struct elements){
        .count = (Py_ssize_t)count,
        .values = PyMem_Calloc(count + 1, sizeof *elements->values),
        .bytes = PyMem_Calloc(count + 1, sizeof *elements->bytes),
        .owners = PyMem_Calloc(count + 1, sizeof *elements->owners),
        .type = CMS_TYPE_STRING,
    };
    if (elements->values == NULL || elements->bytes == NULL || elements->owners == NULL) {
        PyErr_NoMemory();
        return -1;
    }

    for (Py_ssize_t index = 0; index < elements->count; index++) {
        cms_value *value = &elements->values[index];
        if (take_scalar(PyTuple_GET_ITEM(tuple, index), value, &elements->bytes[index], &elements->owners[index]) < 0 || join_type(elements, index) < 0) {
            return -1;
        }

        elements->has_zero |= value->type == CMS_TYPE_STRING && strlen(elements->bytes[index]) != value->size;
    }

    for (Py_ssize_t index = 0; elements->type == CMS_TYPE_FLOAT && index < elements->count; index++) {
        cms_value *value = &elements->values[index];
        if (value->type == CMS_TYPE_INT) {
            *value = (cms_value){.type = CMS_TYPE_FLOAT, .count = 1, .as_float = (double)value->as_int};
        }
    }

    return 0;
}

/* One after the other: for strings that hold zero bytes. */
static cms_status push_each(cms_transaction *native, const char *key, const struct elements *elements)
{
    cms_status status = CMS_OK;
    for (Py_ssize_t index = 0; status == CMS_OK && index < elements->count; index++) {
        status = cms_array_push(native, key, strlen(key), &elements->values[index], elements->bytes[index]);
    }

    return status;
}

/* cms_array_create_* or cms_array_push_many_*, by the type of the elements. */
#define DEFINE(what)                                                                                                 \
    static cms_status what##_elements(cms_transaction *native, const char *key, const struct elements *elements)     \
    {                                                                                                                \
        const size_t count = (size_t)elements->count;                                                                \
        cms_status status = CMS_NO_MEMORY;                                                                           \
        switch (elements->type) {                                                                                    \
        CMS_NUMBERS_BY_TYPE(what)                                                                                    \
        case CMS_TYPE_STRING:                                                                                        \
        default:                                                                                                     \
            return cms_array_##what##_string(native, key, elements->bytes, count);                                   \
        }                                                                                                            \
                                                                                                                     \
        return status;                                                                                               \
    }

#define CASE(what, NAME, name, ctype)                                                                                \
    case CMS_TYPE_##NAME: {                                                                                          \
        ctype *numbers = PyMem_Calloc(count + 1, sizeof *numbers);                                                   \
        for (size_t index = 0; numbers != NULL && index < count; index++) {                                          \
            numbers[index] = elements->values[index].as_##name;                                                      \
        }                                                                                                            \
                                                                                                                     \
        if (numbers != NULL) {                                                                                       \
            status = cms_array_##what##_##name(native, key, numbers, count);                                         \
        }                                                                                                            \
                                                                                                                     \
        PyMem_Free(numbers);                                                                                         \
        break;                                                                                                       \
    }
#define CMS_NUMBERS_BY_TYPE(what) CASE(what, INT, int, int64_t) CASE(what, FLOAT, float, double) CASE(what, BOOL, bool, bool)

DEFINE(create)
DEFINE(push_many)
#undef DEFINE
#undef CASE

static cms_status create_list(cms_transaction *native, const char *key, const struct elements *elements)
{
    if (!elements->has_zero) {
        return create_elements(native, key, elements);
    }

    const cms_status status = cms_array_create_string(native, key, NULL, 0);
    return status == CMS_OK ? push_each(native, key, elements) : status;
}

static cms_status push_list(cms_transaction *native, const char *key, const struct elements *elements)
{
    return elements->has_zero ? push_each(native, key, elements) : push_many_elements(native, key, elements);
}

/* Does something with the elements of a list or tuple. */
static PyObject *with_elements(transaction_object *transaction, PyObject *key, PyObject *sequence,
    cms_status (*use)(cms_transaction *native, const char *key, const struct elements *elements))
{
    struct elements elements = {0};
    PyObject *owner = NULL;
    PyObject *result = NULL;
    PyObject *tuple = PySequence_Tuple(sequence);
    const char *address = tuple == NULL ? NULL : address_of(key, &owner);
    if (address != NULL && take_elements(tuple, &elements) == 0) {
        cms_transaction *native = transaction_of(transaction);
        result = native == NULL ? NULL : done(use(native, address, &elements), key);
    }

    elements_end(&elements);
    Py_XDECREF(owner);
    Py_XDECREF(tuple);
    return result;
}

static bool is_list(PyObject *value)
{
    return PyList_Check(value) || PyTuple_Check(value);
}

/* tx["lan"] = "interface": a section and its type. */
static PyObject *set_section(cms_transaction *native, PyObject *section, PyObject *type)
{
    PyObject *owners[2] = {NULL, NULL};
    const char *name = plain_bytes_of(section, &owners[0]);
    const char *text = name == NULL ? NULL : plain_bytes_of(type, &owners[1]);
    PyObject *result = text == NULL ? NULL : done(cms_set_section(native, name, text), section);
    Py_XDECREF(owners[0]);
    Py_XDECREF(owners[1]);
    return result;
}

static PyObject *set_scalar(cms_transaction *native, PyObject *key, PyObject *object)
{
    cms_value value;
    const char *bytes;
    size_t size = 0;
    PyObject *owners[2] = {NULL, NULL};
    PyObject *result = NULL;
    const char *address = bytes_of(key, &size, &owners[0]);
    if (address != NULL && take_scalar(object, &value, &bytes, &owners[1]) == 0) {
        result = memchr(address, '.', size) == NULL ? set_section(native, key, object) : done(cms_set(native, address, size, &value, bytes), key);
    }

    Py_XDECREF(owners[0]);
    Py_XDECREF(owners[1]);
    return result;
}

static PyObject *delete_key(cms_transaction *native, PyObject *key)
{
    PyObject *owner;
    const char *address = address_of(key, &owner);
    PyObject *result = address == NULL ? NULL : done(cms_delete(native, address), key);
    Py_XDECREF(owner);
    return result;
}

int transaction_assign(PyObject *self, PyObject *key, PyObject *value)
{
    transaction_object *transaction = (transaction_object *)self;
    cms_transaction *native = transaction_of(transaction);
    PyObject *result = native == NULL ? NULL
        : value == NULL               ? delete_key(native, key)
        : is_list(value)              ? with_elements(transaction, key, value, create_list)
                                      : set_scalar(native, key, value);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

PyObject *transaction_add(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    static const char *const names[] = {"type", "name", NULL};
    transaction_object *transaction = (transaction_object *)self;
    const char *type;
    const char *name = NULL;
    char key[32];
    cms_transaction *native = transaction_of(transaction);
    if (native == NULL || !PyArg_ParseTupleAndKeywords(arguments, keywords, "s|z:add", NAMES(names), &type, &name)) {
        return NULL;
    }

    (void)snprintf(key, sizeof key, "+added%lu", transaction->added);
    const cms_status status = cms_add_section(native, type, name, name == NULL ? key + 1 : NULL);
    if (status != CMS_OK) {
        return raise_status(status, name != NULL ? name : type);
    }

    transaction->added++;
    return PyUnicode_FromString(name != NULL ? name : key);
}

PyObject *transaction_push(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    static const char *const names[] = {"key", "value", NULL};
    transaction_object *transaction = (transaction_object *)self;
    PyObject *key;
    PyObject *value;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "OO:push", NAMES(names), &key, &value)) {
        return NULL;
    }

    if (is_list(value)) {
        return with_elements(transaction, key, value, push_list);
    }

    PyObject *single = PyTuple_Pack(1, value);
    PyObject *result = single == NULL ? NULL : with_elements(transaction, key, single, push_each);
    Py_XDECREF(single);
    return result;
}

static cms_status replace_element(cms_transaction *native, const char *key, size_t index, const cms_value *value, const char *bytes)
{
    switch (value->type) {
    case CMS_TYPE_INT:
        return cms_array_set_int(native, key, index, value->as_int);
    case CMS_TYPE_FLOAT:
        return cms_array_set_float(native, key, index, value->as_float);
    case CMS_TYPE_BOOL:
        return cms_array_set_bool(native, key, index, value->as_bool);
    case CMS_TYPE_STRING:
    default:
        return strlen(bytes) == value->size ? cms_array_set_string(native, key, index, bytes) : CMS_INVALID_ARGUMENT;
    }
}

PyObject *transaction_replace(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    static const char *const names[] = {"key", "index", "value", NULL};
    cms_value value;
    const char *bytes;
    PyObject *key;
    PyObject *object;
    PyObject *owners[2] = {NULL, NULL};
    PyObject *result = NULL;
    Py_ssize_t index = 0;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "OnO:replace", NAMES(names), &key, &index, &object)) {
        return NULL;
    }

    cms_transaction *native = transaction_of((transaction_object *)self);
    const char *address = native == NULL ? NULL : address_of(key, &owners[0]);
    if (address != NULL && take_scalar(object, &value, &bytes, &owners[1]) == 0) {
        result = done(index < 0 ? CMS_INVALID_ARGUMENT : replace_element(native, address, (size_t)index, &value, bytes), key);
    }

    Py_XDECREF(owners[0]);
    Py_XDECREF(owners[1]);
    return result;
}

/* An operation on a key with a number that counts from 0. */
static PyObject *with_index(PyObject *self, PyObject *key, Py_ssize_t index, cms_status (*use)(cms_transaction *, const char *, size_t))
{
    PyObject *owner = NULL;
    cms_transaction *native = transaction_of((transaction_object *)self);
    const char *address = native == NULL ? NULL : address_of(key, &owner);
    PyObject *result = address == NULL ? NULL : done(index < 0 ? CMS_INVALID_ARGUMENT : use(native, address, (size_t)index), key);
    Py_XDECREF(owner);
    return result;
}

PyObject *transaction_remove(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    static const char *const names[] = {"key", "index", NULL};
    PyObject *key;
    Py_ssize_t index = 0;
    return PyArg_ParseTupleAndKeywords(arguments, keywords, "On:remove", NAMES(names), &key, &index) ? with_index(self, key, index, cms_array_remove) : NULL;
}

PyObject *transaction_reorder(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    static const char *const names[] = {"section", "index", NULL};
    PyObject *section;
    Py_ssize_t index = 0;
    return PyArg_ParseTupleAndKeywords(arguments, keywords, "On:reorder", NAMES(names), &section, &index)
        ? with_index(self, section, index, cms_reorder)
        : NULL;
}

PyObject *transaction_rename(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    static const char *const names[] = {"key", "name", NULL};
    PyObject *key;
    PyObject *owner;
    const char *name;
    cms_transaction *native = transaction_of((transaction_object *)self);
    if (native == NULL || !PyArg_ParseTupleAndKeywords(arguments, keywords, "Os:rename", NAMES(names), &key, &name)) {
        return NULL;
    }

    const char *address = address_of(key, &owner);
    PyObject *result = address == NULL ? NULL : done(cms_rename(native, address, name), key);
    Py_XDECREF(owner);
    return result;
}
