/* cms.Table: rows as dicts. What is read of a table is read at one revision. */
#include "package.h"

#include <string.h>

typedef struct table_object {
    PyObject_HEAD
    module_object *module;
    PyObject *name;
    bool is_fixed;         /* at the revision of the snapshot, else at the newest one */
    cms_snapshot snapshot;
} table_object;

/* A table that is being read, with the names of its columns as a tuple. */
struct reading {
    const table_object *table;
    cms_table native;
    PyObject *names;
};

static PyObject *names_of(const struct reading *reading)
{
    PyObject *names = PyTuple_New((Py_ssize_t)reading->native.column_count);
    for (size_t index = 0; names != NULL && index < reading->native.column_count; index++) {
        cms_column column;
        const cms_status status = native_of(reading->table->module) == NULL ? CMS_END : cms_table_column(&reading->native, index, &column);
        PyObject *name = status == CMS_OK ? text_of(column.name, strlen(column.name))
            : status == CMS_END           ? NULL
                                          : raise_about(status, reading->table->name);
        if (name == NULL) {
            Py_CLEAR(names);
        } else {
            PyTuple_SET_ITEM(names, (Py_ssize_t)index, name);
        }
    }

    return names;
}

static int begin_reading(const table_object *table, const cms_snapshot *snapshot, struct reading *reading)
{
    PyObject *owner = NULL;
    *reading = (struct reading){.table = table};
    const char *name = plain_bytes_of(table->name, &owner);
    if (name == NULL) {
        return -1;
    }

    const cms_status status = cms_table_open(snapshot, name, &reading->native);
    Py_DECREF(owner);
    if (status != CMS_OK) {
        raise_about(status, table->name);
        return -1;
    }

    reading->names = names_of(reading);
    return reading->names == NULL ? -1 : 0;
}

typedef PyObject *(*reader)(struct reading *reading, PyObject *argument);

struct request {
    const table_object *table;
    reader read;
    PyObject *argument;
};

static PyObject *read_at(const struct request *request, const cms_snapshot *snapshot)
{
    struct reading reading;
    PyObject *result = begin_reading(request->table, snapshot, &reading) < 0 ? NULL : request->read(&reading, request->argument);
    Py_XDECREF(reading.names);
    return result;
}

static PyObject *read_newest(const module_object *module, const cms_snapshot *snapshot, PyObject *capsule)
{
    (void)module;
    const struct request *request = PyCapsule_GetPointer(capsule, NULL);
    return request == NULL ? NULL : read_at(request, snapshot);
}

static PyObject *read_table(PyObject *self, reader read, PyObject *argument)
{
    const table_object *table = (table_object *)self;
    struct request request = {.table = table, .read = read, .argument = argument};
    if (table->is_fixed) {
        return native_of(table->module) == NULL ? NULL : read_at(&request, &table->snapshot);
    }

    PyObject *capsule = PyCapsule_New(&request, NULL, NULL);
    PyObject *result = capsule == NULL ? NULL : at_newest(table->module, read_newest, capsule);
    Py_XDECREF(capsule);
    return result;
}

/* What a row holds in a column. */
static PyObject *cell_of(const struct reading *reading, const cms_row *row, size_t index)
{
    struct bytes bytes;
    cms_value value = {0};
    PyObject *object = NULL;
    if (native_of(reading->table->module) == NULL) {
        return NULL;
    }

    bytes_begin(&bytes);
    cms_status status = cms_row_find(row, index, bytes.start, bytes.capacity, &value);
    if (status == CMS_BUFFER_TOO_SMALL && bytes_grow(&bytes, value.size) == 0) {
        status = cms_row_find(row, index, bytes.start, bytes.capacity, &value);
    }

    if (status == CMS_OK) {
        object = value_of(&value, bytes.start);
    } else if (!PyErr_Occurred()) {
        raise_about(status, reading->table->name);
    }

    bytes_end(&bytes);
    return object;
}

static PyObject *row_of(const struct reading *reading, const cms_row *row)
{
    PyObject *cells = PyDict_New();
    for (size_t index = 0; cells != NULL && index < reading->native.column_count; index++) {
        PyObject *cell = cell_of(reading, row, index);
        if (cell == NULL || PyDict_SetItem(cells, PyTuple_GET_ITEM(reading->names, (Py_ssize_t)index), cell) < 0) {
            Py_CLEAR(cells);
        }

        Py_XDECREF(cell);
    }

    return cells;
}

/* Whether a row has all these values; -1 with an exception. */
static int matches(PyObject *row, PyObject *where)
{
    PyObject *column;
    PyObject *wanted;
    Py_ssize_t position = 0;
    int is_match = 1;
    while (is_match == 1 && where != NULL && PyDict_Next(where, &position, &column, &wanted)) {
        PyObject *cell = PyDict_GetItemWithError(row, column);
        is_match = cell == NULL ? -1 : PyObject_RichCompareBool(cell, wanted, Py_EQ);
    }

    return is_match;
}

/* The rows that come and match, as a list. */
static PyObject *rows_of(struct reading *reading, cms_rows *rows, PyObject *where)
{
    PyObject *list = PyList_New(0);
    bool is_going = list != NULL;
    cms_status status = CMS_OK;
    while (is_going && status == CMS_OK && native_of(reading->table->module) != NULL) {
        cms_row native;
        status = cms_table_next(rows, &native);
        if (status == CMS_OK) {
            PyObject *row = row_of(reading, &native);
            const int is_match = row == NULL ? -1 : matches(row, where);
            is_going = is_match == 0 || (is_match == 1 && PyList_Append(list, row) == 0);
            Py_XDECREF(row);
        }
    }

    if (status != CMS_OK && status != CMS_END) {
        raise_about(status, reading->table->name);
    }

    if (PyErr_Occurred()) {
        Py_CLEAR(list);
    }

    return list;
}

static PyObject *read_all(struct reading *reading, PyObject *unused)
{
    (void)unused;
    cms_rows rows;
    const cms_status status = cms_table_begin(&reading->native, &rows);
    return status == CMS_OK ? rows_of(reading, &rows, NULL) : raise_about(status, reading->table->name);
}

/* Begins with the rows that an index finds for one of the columns, or with all. 0, or -1 with an exception. */
static int begin_where(struct reading *reading, PyObject *where, cms_rows *rows)
{
    PyObject *name;
    PyObject *object;
    Py_ssize_t position = 0;
    cms_status status = CMS_INVALID_ARGUMENT;
    while (status == CMS_INVALID_ARGUMENT && PyDict_Next(where, &position, &name, &object)) {
        cms_cell cell = {0};
        const char *bytes;
        PyObject *owners[2] = {NULL, NULL};
        cell.column = plain_bytes_of(name, &owners[0]);
        if (cell.column != NULL && take_scalar(object, &cell.value, &bytes, &owners[1]) == 0) {
            cell.bytes = bytes;
            status = cms_table_find(&reading->native, &cell, rows);
        }

        Py_XDECREF(owners[0]);
        Py_XDECREF(owners[1]);
        if (PyErr_Occurred()) {
            return -1;
        }

        if (status != CMS_OK && status != CMS_INVALID_ARGUMENT) {
            raise_about(status, name);
            return -1;
        }
    }

    if (status == CMS_INVALID_ARGUMENT && (status = cms_table_begin(&reading->native, rows)) != CMS_OK) {
        raise_about(status, reading->table->name);
    }

    return status == CMS_OK ? 0 : -1;
}

/* A column that is not there would match nothing without saying so. */
static int check_columns(const struct reading *reading, PyObject *where)
{
    PyObject *name;
    Py_ssize_t position = 0;
    while (PyDict_Next(where, &position, &name, NULL)) {
        const int is_there = PySequence_Contains(reading->names, name);
        if (is_there == 0) {
            raise_about(CMS_NOT_FOUND, name);
        }

        if (is_there <= 0) {
            return -1;
        }
    }

    return 0;
}

static PyObject *read_where(struct reading *reading, PyObject *where)
{
    cms_rows rows;
    return check_columns(reading, where) < 0 || begin_where(reading, where, &rows) < 0 ? NULL : rows_of(reading, &rows, where);
}

/* The row of a primary key, None when there is none. */
static PyObject *read_one(struct reading *reading, PyObject *key)
{
    cms_row row;
    cms_value value;
    const char *bytes;
    PyObject *owner;
    if (take_scalar(key, &value, &bytes, &owner) < 0) {
        return NULL;
    }

    const cms_status status = value.type == CMS_TYPE_STRING ? cms_table_find_bytes(&reading->native, bytes, value.size, &row)
        : value.type == CMS_TYPE_INT                        ? cms_table_find_int(&reading->native, value.as_int, &row)
                                                            : CMS_WRONG_TYPE;
    Py_XDECREF(owner);
    return status == CMS_OK         ? row_of(reading, &row)
        : status == CMS_NOT_FOUND ? Py_NewRef(Py_None)
                                  : raise_about(status, key);
}

static PyTypeObject *column_type;

static PyStructSequence_Field column_fields[] = {
    {"name", NULL},
    {"type", "\"string\", \"int\", \"float\" or \"bool\"."},
    {"size", "The most bytes of a string; 1, 2, 4 or 8 for an int, 8 for a float, 1 for a bool."},
    {"index", "\"primary\", \"unique\", \"repeating\" or None."},
    {NULL, NULL},
};

static PyStructSequence_Desc column_description = {
    .name = "cms.Column",
    .doc = PyDoc_STR("A column of a table, as Table.columns has them and Transaction.create_table() takes them."),
    .fields = column_fields,
    .n_in_sequence = 4,
};

int prepare_columns(PyObject *package)
{
    column_type = PyStructSequence_NewType(&column_description);
    return column_type == NULL ? -1 : PyModule_AddObjectRef(package, "Column", (PyObject *)column_type);
}

#define TYPE_NAME(NAME, name, number) [CMS_TYPE_##NAME] = #name,
static const char *const type_names[] = {CMS_TYPES(TYPE_NAME)};
#undef TYPE_NAME

static const char *const index_names[] = {
    [CMS_INDEX_NONE] = NULL,
    [CMS_INDEX_REPEATING] = "repeating",
    [CMS_INDEX_UNIQUE] = "unique",
    [CMS_INDEX_PRIMARY] = "primary",
};

static PyObject *column_of(const struct reading *reading, size_t index)
{
    cms_column native;
    const cms_status status = native_of(reading->table->module) == NULL ? CMS_END : cms_table_column(&reading->native, index, &native);
    PyObject *column = status == CMS_OK ? PyStructSequence_New(column_type) : status == CMS_END ? NULL : raise_about(status, reading->table->name);
    if (column == NULL) {
        return NULL;
    }

    PyObject *items = Py_BuildValue("Osnz", PyTuple_GET_ITEM(reading->names, (Py_ssize_t)index), type_names[native.type], (Py_ssize_t)native.size, index_names[native.index]);
    if (items == NULL) {
        Py_DECREF(column);
        return NULL;
    }

    for (Py_ssize_t item = 0; item < PyTuple_GET_SIZE(items); item++) {
        PyStructSequence_SetItem(column, item, Py_NewRef(PyTuple_GET_ITEM(items, item)));
    }

    Py_DECREF(items);
    return column;
}

static PyObject *read_columns(struct reading *reading, PyObject *unused)
{
    (void)unused;
    PyObject *columns = PyList_New((Py_ssize_t)reading->native.column_count);
    for (size_t index = 0; columns != NULL && index < reading->native.column_count; index++) {
        PyObject *column = column_of(reading, index);
        if (column == NULL) {
            Py_CLEAR(columns);
        } else {
            PyList_SET_ITEM(columns, (Py_ssize_t)index, column);
        }
    }

    return columns;
}

static PyObject *read_primary_key(struct reading *reading, PyObject *unused)
{
    (void)unused;
    return Py_NewRef(PyTuple_GET_ITEM(reading->names, (Py_ssize_t)reading->native.primary_key));
}

static PyObject *read_revision(struct reading *reading, PyObject *unused)
{
    (void)unused;
    return PyLong_FromUnsignedLongLong(reading->native.revision);
}

static PyObject *read_count(struct reading *reading, PyObject *unused)
{
    (void)unused;
    return PyLong_FromSize_t(reading->native.row_count);
}

PyObject *make_table(module_object *module, const cms_snapshot *snapshot, PyObject *name)
{
    table_object *table = native_of(module) == NULL ? NULL : PyObject_New(table_object, &table_type);
    if (table == NULL) {
        return NULL;
    }

    table->module = (module_object *)Py_NewRef((PyObject *)module);
    table->name = Py_NewRef(name);
    table->is_fixed = snapshot != NULL;
    if (snapshot != NULL) {
        table->snapshot = *snapshot;
    }

    /* So that a table that is not there is found out now. */
    PyObject *revision = read_table((PyObject *)table, read_revision, NULL);
    if (revision == NULL) {
        Py_DECREF(table);
        return NULL;
    }

    Py_DECREF(revision);
    return (PyObject *)table;
}

PyObject *tables_at(const module_object *module, const cms_snapshot *snapshot, PyObject *unused)
{
    (void)unused;
    cms_cursor cursor;
    char name[CMS_NAME_SIZE + 1];
    PyObject *names = PyList_New(0);
    bool is_going = names != NULL && native_of(module) != NULL;
    cms_status status = is_going ? cms_tables_begin(snapshot, &cursor) : CMS_END;
    while (is_going && status == CMS_OK) {
        status = cms_tables_next(&cursor, name);
        if (status == CMS_OK) {
            PyObject *text = text_of(name, strlen(name));
            is_going = text != NULL && PyList_Append(names, text) == 0 && native_of(module) != NULL;
            Py_XDECREF(text);
        }
    }

    if (is_going && status != CMS_END) {
        raise_status(status, NULL);
        is_going = false;
    }

    if (!is_going) {
        Py_CLEAR(names);
    }

    return names;
}

static void table_dealloc(PyObject *self)
{
    table_object *table = (table_object *)self;
    Py_DECREF(table->module);
    Py_DECREF(table->name);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *table_find(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    PyObject *given = NULL;
    if (!PyArg_ParseTuple(arguments, "|O:find", &given)) {
        return NULL;
    }

    PyObject *where = PyDict_New();
    PyObject *rows = NULL;
    if (where != NULL && (given == NULL || PyDict_Update(where, given) == 0) && (keywords == NULL || PyDict_Update(where, keywords) == 0)) {
        rows = read_table(self, read_where, where);
    }

    Py_XDECREF(where);
    return rows;
}

static PyObject *table_get(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    PyObject *key;
    PyObject *fallback;
    return parse_get(arguments, count, &key, &fallback) < 0 ? NULL : or_else(read_table(self, read_one, key), fallback);
}

static PyObject *table_subscript(PyObject *self, PyObject *key)
{
    PyObject *found = read_table(self, read_one, key);
    return found == NULL ? NULL : require(found, key);
}

static Py_ssize_t table_length(PyObject *self)
{
    PyObject *count = read_table(self, read_count, NULL);
    const Py_ssize_t length = count == NULL ? -1 : PyLong_AsSsize_t(count);
    Py_XDECREF(count);
    return length;
}

static PyObject *table_iterate(PyObject *self)
{
    PyObject *rows = read_table(self, read_all, NULL);
    PyObject *iterator = rows == NULL ? NULL : PyObject_GetIter(rows);
    Py_XDECREF(rows);
    return iterator;
}

static PyObject *table_name(PyObject *self, void *unused)
{
    (void)unused;
    return Py_NewRef(((table_object *)self)->name);
}

static PyObject *table_columns(PyObject *self, void *unused)
{
    (void)unused;
    return read_table(self, read_columns, NULL);
}

static PyObject *table_primary_key(PyObject *self, void *unused)
{
    (void)unused;
    return read_table(self, read_primary_key, NULL);
}

static PyObject *table_revision(PyObject *self, void *unused)
{
    (void)unused;
    return read_table(self, read_revision, NULL);
}

static PyObject *table_represent(PyObject *self)
{
    return PyUnicode_FromFormat("<cms.Table %R>", ((table_object *)self)->name);
}

static PyMethodDef table_methods[] = {
    {"find", (PyCFunction)(void (*)(void))table_find, METH_VARARGS | METH_KEYWORDS,
        PyDoc_STR("find($self, where={}, /, **columns)\n--\n\nThe rows that hold these values, as in hosts.find(group=1): a list of dicts, in no particular order.\n\n"
                  "It is answered by an index when one of the columns has one, else by looking at every row.")},
    {"get", (PyCFunction)(void (*)(void))table_get, METH_FASTCALL,
        PyDoc_STR("get($self, key, default=None, /)\n--\n\nThe row of a primary key as a dict, or the default when there is none.")},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef table_members[] = {
    {"name", table_name, NULL, "Its name.", NULL},
    {"columns", table_columns, NULL, "Its columns, as a list of Column.", NULL},
    {"primary_key", table_primary_key, NULL, "The name of the column that tells rows apart.", NULL},
    {"revision", table_revision, NULL, "The commit at which it is read.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMappingMethods table_mapping = {.mp_length = table_length, .mp_subscript = table_subscript};

PyTypeObject table_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "cms.Table",
    .tp_doc = PyDoc_STR("A table: table[key] is the row of a primary key as a dict; iterating gives all rows in the order of their insertion, as they\n"
                        "were at one revision. Made by Module.table() and Snapshot.table()."),
    .tp_basicsize = sizeof(table_object),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_dealloc = table_dealloc,
    .tp_repr = table_represent,
    .tp_iter = table_iterate,
    .tp_as_mapping = &table_mapping,
    .tp_methods = table_methods,
    .tp_getset = table_members,
};
