/* What a transaction does with tables. */
#include <string.h>

#include "transaction.h"

struct type_name {
    const char *name;
    cms_type type;
};

#define NAME_OF(NAME, name, number) {#name, CMS_TYPE_##NAME},
static const struct type_name type_names[] = {CMS_TYPES(NAME_OF)};
#undef NAME_OF

/* Any of the spellings of cms.Column. */
static int take_type(const char *text, cms_type *type)
{
    for (size_t index = 0; index < sizeof type_names / sizeof *type_names; index++) {
        if (strcmp(text, type_names[index].name) == 0) {
            *type = type_names[index].type;
            return 0;
        }
    }

    PyErr_Format(PyExc_ValueError, "no type of a column: %s", text);
    return -1;
}

static int take_index(const char *text, cms_index *index)
{
#define TAKE(NAME, number)                                                                                           \
    if (PyOS_stricmp(text, #NAME) == 0) {                                                                            \
        *index = CMS_INDEX_##NAME;                                                                                   \
        return 0;                                                                                                    \
    }

    CMS_INDEXES(TAKE)
#undef TAKE
    PyErr_Format(PyExc_ValueError, "no index of a column: %s", text);
    return -1;
}

static int take_column(PyObject *object, cms_column *column)
{
    const char *name;
    const char *type;
    const char *index = NULL;
    Py_ssize_t size = 0;
    PyObject *tuple = PySequence_Tuple(object);
    int taken = -1;
    memset(column, 0, sizeof *column);
    if (tuple != NULL && PyArg_ParseTuple(tuple, "ss|nz:column", &name, &type, &size, &index)) {
        if (strlen(name) > CMS_NAME_SIZE || size < 0) {
            raise_status(CMS_INVALID_ARGUMENT, name);
        } else {
            memcpy(column->name, name, strlen(name) + 1);
            column->size = (size_t)size;
            taken = take_type(type, &column->type) < 0 || (index != NULL && take_index(index, &column->index) < 0) ? -1 : 0;
        }
    }

    Py_XDECREF(tuple);
    return taken;
}

PyObject *transaction_create_table(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    static const char *const names[] = {"table", "columns", "primary_key", NULL};
    cms_column columns[CMS_MOST_COLUMNS];
    const char *table;
    const char *primary_key;
    PyObject *list;
    cms_transaction *native = transaction_of((transaction_object *)self);
    if (native == NULL || !PyArg_ParseTupleAndKeywords(arguments, keywords, "sOs:create_table", NAMES(names), &table, &list, &primary_key)) {
        return NULL;
    }

    PyObject *tuple = PySequence_Tuple(list);
    PyObject *result = NULL;
    const Py_ssize_t count = tuple == NULL ? 0 : PyTuple_GET_SIZE(tuple);
    Py_ssize_t taken = 0;
    if (count > CMS_MOST_COLUMNS) {
        raise_status(CMS_TOO_LARGE, table);
    }

    while (count <= CMS_MOST_COLUMNS && taken < count && take_column(PyTuple_GET_ITEM(tuple, taken), &columns[taken]) == 0) {
        taken++;
    }

    if (tuple != NULL && taken == count && (native = transaction_of((transaction_object *)self)) != NULL) {
        const cms_status status = cms_table_create(native, table, columns, (size_t)count, primary_key);
        result = status == CMS_OK ? Py_NewRef(Py_None) : raise_status(status, table);
    }

    Py_XDECREF(tuple);
    return result;
}

PyObject *transaction_drop_table(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    static const char *const names[] = {"table", NULL};
    const char *table;
    cms_transaction *native = transaction_of((transaction_object *)self);
    if (native == NULL || !PyArg_ParseTupleAndKeywords(arguments, keywords, "s:drop_table", NAMES(names), &table)) {
        return NULL;
    }

    const cms_status status = cms_table_drop(native, table);
    return status == CMS_OK ? Py_NewRef(Py_None) : raise_status(status, table);
}

/* The cells of a row; what they point to is owned by row, a dict, and by owners. */
struct cells {
    size_t count;
    cms_cell cells[CMS_MOST_COLUMNS];
    PyObject *owners[CMS_MOST_COLUMNS];
};

static int take_cells(PyObject *row, struct cells *cells)
{
    PyObject *column;
    PyObject *object;
    Py_ssize_t position = 0;
    cells->count = 0;
    if (PyDict_Size(row) > CMS_MOST_COLUMNS) {
        raise_status(CMS_TOO_LARGE, NULL);
        return -1;
    }

    while (PyDict_Next(row, &position, &column, &object)) {
        cms_cell *cell = &cells->cells[cells->count];
        const char *bytes;
        cell->column = PyUnicode_Check(column) ? PyUnicode_AsUTF8(column) : NULL;
        if (cell->column == NULL) {
            if (!PyErr_Occurred()) {
                PyErr_SetString(PyExc_TypeError, "the name of a column is a str");
            }

            return -1;
        }

        const int taken = take_scalar(object, &cell->value, &bytes, &cells->owners[cells->count]);
        cell->bytes = bytes;
        cells->count++;
        if (taken < 0) {
            return -1;
        }
    }

    return 0;
}

/* The table of (table, row={}) and a new dict of row and keywords; NULL with an exception. */
static PyObject *take_row(PyObject *arguments, PyObject *keywords, const char **table)
{
    PyObject *given = NULL;
    if (!PyArg_ParseTuple(arguments, "s|O", table, &given)) {
        return NULL;
    }

    PyObject *row = PyDict_New();
    if (row != NULL && ((given != NULL && PyDict_Update(row, given) < 0) || (keywords != NULL && PyDict_Update(row, keywords) < 0))) {
        Py_CLEAR(row);
    }

    return row;
}

static PyObject *with_row(PyObject *self, PyObject *arguments, PyObject *keywords,
    cms_status (*use)(cms_transaction *native, const char *table, const cms_cell *cells, size_t count))
{
    const char *table;
    struct cells cells;
    PyObject *row = take_row(arguments, keywords, &table);
    PyObject *result = NULL;
    if (row == NULL) {
        return NULL;
    }

    const int taken = take_cells(row, &cells);
    cms_transaction *native = taken < 0 ? NULL : transaction_of((transaction_object *)self);
    if (native != NULL) {
        const cms_status status = use(native, table, cells.cells, cells.count);
        result = status == CMS_OK ? Py_NewRef(Py_None) : raise_status(status, table);
    }

    for (size_t index = 0; index < cells.count; index++) {
        Py_XDECREF(cells.owners[index]);
    }

    Py_DECREF(row);
    return result;
}

static cms_status delete_row(cms_transaction *native, const char *table, const cms_cell *cells, size_t count)
{
    return count == 1 ? cms_table_delete(native, table, cells) : CMS_INVALID_ARGUMENT;
}

PyObject *transaction_insert(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    return with_row(self, arguments, keywords, cms_table_insert);
}

PyObject *transaction_update(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    return with_row(self, arguments, keywords, cms_table_update);
}

PyObject *transaction_delete(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    return with_row(self, arguments, keywords, delete_row);
}
