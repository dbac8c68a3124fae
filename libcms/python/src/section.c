/* cms.Section: a section with its options, as it was at one revision. It is a copy, so it never gets too old. */
#include "package.h"

#include <string.h>

typedef struct section_object {
    PyObject_HEAD
    uint64_t id;
    uint64_t revision;
    PyObject *type;
    PyObject *name;    /* None: it is anonymous */
    PyObject *options; /* a dict; lists are tuples in it */
} section_object;

static PyObject *option_value(const module_object *module, const cms_option *option, const void *bytes, PyObject *options)
{
    PyObject *name = text_of(option->name, option->name_size);
    PyObject *value = name == NULL ? NULL : value_of(&option->value, bytes);
    if (value != NULL) {
        PyUnicode_InternInPlace(&name);
    }

    const bool is_set = value != NULL && PyDict_SetItem(options, name, value) == 0;
    Py_XDECREF(name);
    Py_XDECREF(value);
    return is_set && native_of(module) != NULL ? options : NULL;
}

/* A new dict of the options. */
static PyObject *options_of(const module_object *module, const cms_snapshot *snapshot, const cms_section *section)
{
    cms_cursor cursor;
    cms_option option;
    struct bytes bytes;
    PyObject *options = PyDict_New();
    PyObject *going = native_of(module) == NULL ? NULL : options;
    cms_status status = going == NULL ? CMS_OK : cms_options_begin(snapshot, section, &cursor);
    bytes_begin(&bytes);
    while (status == CMS_OK && going != NULL) {
        status = cms_options_next(&cursor, &option, bytes.start, bytes.capacity);
        if (status == CMS_OK) {
            going = option_value(module, &option, bytes.start, options);
        } else if (status == CMS_BUFFER_TOO_SMALL) {
            going = bytes_grow(&bytes, option.value.size) == 0 ? options : NULL;
            status = CMS_OK;
        }
    }

    bytes_end(&bytes);
    if (going != NULL && status != CMS_END) {
        going = raise_status(status, section->name);
    }

    if (going == NULL) {
        Py_CLEAR(options);
    }

    return options;
}

static PyObject *make_section(const module_object *module, const cms_snapshot *snapshot, const cms_section *native)
{
    PyObject *options = options_of(module, snapshot, native);
    PyObject *type = options == NULL ? NULL : text_of(native->type, strlen(native->type));
    PyObject *name = type == NULL ? NULL : native->name[0] == '\0' ? Py_NewRef(Py_None) : text_of(native->name, strlen(native->name));
    section_object *section = name == NULL ? NULL : PyObject_New(section_object, &section_type);
    if (section == NULL) {
        Py_XDECREF(options);
        Py_XDECREF(type);
        Py_XDECREF(name);
        return NULL;
    }

    PyUnicode_InternInPlace(&type);
    section->id = native->id;
    section->revision = native->revision;
    section->type = type;
    section->name = name;
    section->options = options;
    return (PyObject *)section;
}

PyObject *section_at(const module_object *module, const cms_snapshot *snapshot, PyObject *name_or_id)
{
    cms_section section;
    cms_status status;
    if (PyLong_Check(name_or_id)) {
        const uint64_t id = PyLong_AsUnsignedLongLong(name_or_id);
        if (PyErr_Occurred()) {
            return NULL;
        }

        status = cms_find_section_by_id(snapshot, id, &section);
    } else {
        PyObject *owner;
        const char *name = plain_bytes_of(name_or_id, &owner);
        if (name == NULL) {
            return NULL;
        }

        status = cms_find_section(snapshot, name, &section);
        Py_DECREF(owner);
    }

    return status == CMS_OK ? make_section(module, snapshot, &section) : raise_about(status, name_or_id);
}

/* Appends a section when it is of the type, which is NULL for all. */
static int append_section(const module_object *module, const cms_snapshot *snapshot, const cms_section *native, const char *type, PyObject *sections)
{
    if (type != NULL && strcmp(type, native->type) != 0) {
        return 0;
    }

    PyObject *section = make_section(module, snapshot, native);
    const int appended = section == NULL ? -1 : PyList_Append(sections, section);
    Py_XDECREF(section);
    return appended;
}

PyObject *sections_at(const module_object *module, const cms_snapshot *snapshot, PyObject *type)
{
    cms_cursor cursor;
    cms_section native;
    PyObject *owner = NULL;
    const char *wanted = type == Py_None ? NULL : plain_bytes_of(type, &owner);
    if (type != Py_None && wanted == NULL) {
        return NULL;
    }

    PyObject *sections = PyList_New(0);
    bool is_going = sections != NULL && native_of(module) != NULL;
    cms_status status = is_going ? cms_sections_begin(snapshot, &cursor) : CMS_END;
    while (is_going && status == CMS_OK) {
        status = cms_sections_next(&cursor, &native);
        if (status == CMS_OK) {
            is_going = append_section(module, snapshot, &native, wanted, sections) == 0 && native_of(module) != NULL;
        }
    }

    Py_XDECREF(owner);
    if (is_going && status != CMS_END) {
        raise_status(status, NULL);
        is_going = false;
    }

    if (!is_going) {
        Py_CLEAR(sections);
    }

    return sections;
}

static void section_dealloc(PyObject *self)
{
    section_object *section = (section_object *)self;
    Py_DECREF(section->type);
    Py_DECREF(section->name);
    Py_DECREF(section->options);
    Py_TYPE(self)->tp_free(self);
}

/* A new reference, None when it is missing. */
static PyObject *look_up(PyObject *self, PyObject *option)
{
    PyObject *value = PyDict_GetItemWithError(((section_object *)self)->options, option);
    return value != NULL ? Py_NewRef(value) : PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

static PyObject *section_subscript(PyObject *self, PyObject *option)
{
    PyObject *found = look_up(self, option);
    return found == NULL ? NULL : require(found, option);
}

static PyObject *section_get(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    PyObject *option;
    PyObject *fallback;
    return parse_get(arguments, count, &option, &fallback) < 0 ? NULL : or_else(look_up(self, option), fallback);
}

static int section_contains(PyObject *self, PyObject *option)
{
    return PyDict_Contains(((section_object *)self)->options, option);
}

static Py_ssize_t section_length(PyObject *self)
{
    return PyDict_Size(((section_object *)self)->options);
}

static PyObject *section_iterate(PyObject *self)
{
    return PyObject_GetIter(((section_object *)self)->options);
}

static PyObject *section_keys(PyObject *self, PyObject *unused)
{
    (void)unused;
    return view_of(self, "KeysView");
}

static PyObject *section_items(PyObject *self, PyObject *unused)
{
    (void)unused;
    return view_of(self, "ItemsView");
}

static PyObject *section_values(PyObject *self, PyObject *unused)
{
    (void)unused;
    return view_of(self, "ValuesView");
}

static PyObject *section_key(PyObject *self, PyObject *option)
{
    const section_object *section = (section_object *)self;
    cms_section native = {.id = section->id};
    unsigned char key[CMS_KEY_SIZE];
    size_t size = 0;
    PyObject *owner = NULL;
    const char *name = section->name == Py_None ? "" : plain_bytes_of(section->name, &owner);
    if (name == NULL) {
        return NULL;
    }

    memcpy(native.name, name, strlen(name) + 1);
    Py_XDECREF(owner);
    const char *bytes = plain_bytes_of(option, &owner);
    if (bytes == NULL) {
        return NULL;
    }

    const cms_status status = cms_section_key(&native, bytes, key, &size);
    Py_DECREF(owner);
    return status == CMS_OK ? text_of(key, size) : raise_about(status, option);
}

static PyObject *section_address(PyObject *self, void *unused)
{
    (void)unused;
    const section_object *section = (section_object *)self;
    return section->name != Py_None ? Py_NewRef(section->name) : PyUnicode_FromFormat("#%llu", (unsigned long long)section->id);
}

static PyObject *section_id(PyObject *self, void *unused)
{
    (void)unused;
    return PyLong_FromUnsignedLongLong(((section_object *)self)->id);
}

static PyObject *section_revision(PyObject *self, void *unused)
{
    (void)unused;
    return PyLong_FromUnsignedLongLong(((section_object *)self)->revision);
}

static PyObject *section_type_name(PyObject *self, void *unused)
{
    (void)unused;
    return Py_NewRef(((section_object *)self)->type);
}

static PyObject *section_name(PyObject *self, void *unused)
{
    (void)unused;
    return Py_NewRef(((section_object *)self)->name);
}

static PyObject *section_represent(PyObject *self)
{
    const section_object *section = (section_object *)self;
    PyObject *address = section_address(self, NULL);
    PyObject *text = address == NULL ? NULL : PyUnicode_FromFormat("<cms.Section %U %U>", section->type, address);
    Py_XDECREF(address);
    return text;
}

static PyMethodDef section_methods[] = {
    {"get", (PyCFunction)(void (*)(void))section_get, METH_FASTCALL,
        PyDoc_STR("get($self, option, default=None, /)\n--\n\nThe value of an option, or the default when it is missing.")},
    {"keys", section_keys, METH_NOARGS, PyDoc_STR("keys($self, /)\n--\n\nThe names of the options in order.")},
    {"items", section_items, METH_NOARGS, PyDoc_STR("items($self, /)\n--\n\nThe names and values of the options in order.")},
    {"values", section_values, METH_NOARGS, PyDoc_STR("values($self, /)\n--\n\nThe values of the options in order.")},
    {"key", section_key, METH_O,
        PyDoc_STR("key($self, option, /)\n--\n\nThe key of an option in the module, also when the section is anonymous.")},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef section_members[] = {
    {"id", section_id, NULL, "Its own for ever.", NULL},
    {"type", section_type_name, NULL, "Its type, as in config TYPE.", NULL},
    {"name", section_name, NULL, "Its name; None: it is anonymous.", NULL},
    {"address", section_address, NULL, "What a transaction calls it: its name, or \"#\" and its id.", NULL},
    {"revision", section_revision, NULL, "The commit that last added, renamed, retyped or moved it.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMappingMethods section_mapping = {.mp_length = section_length, .mp_subscript = section_subscript};
static PySequenceMethods section_sequence = {.sq_contains = section_contains};

PyTypeObject section_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "cms.Section",
    .tp_doc = PyDoc_STR("A section and its options as they were at one revision: a mapping of names of options to values.\n\n"
                        "It is a copy, which later commits do not change. Made by Module.section() and Module.sections()."),
    .tp_basicsize = sizeof(section_object),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_dealloc = section_dealloc,
    .tp_repr = section_represent,
    .tp_iter = section_iterate,
    .tp_as_mapping = &section_mapping,
    .tp_as_sequence = &section_sequence,
    .tp_methods = section_methods,
    .tp_getset = section_members,
};
