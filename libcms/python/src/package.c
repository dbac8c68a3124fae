/* The package's beginning: cms.open and what is in the package. */
#include "package.h"

static PyObject *package_open(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    static const char *const names[] = {"module", "run_directory", NULL};
    (void)self;
    const char *module;
    PyObject *directory = NULL;
    PyObject *path = NULL;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "s|O:open", NAMES(names), &module, &directory)) {
        return NULL;
    }

    if (directory != NULL && directory != Py_None && !PyUnicode_FSConverter(directory, &path)) {
        return NULL;
    }

    PyObject *opened = open_module(module, path == NULL ? NULL : PyBytes_AS_STRING(path));
    Py_XDECREF(path);
    return opened;
}

static PyObject *package_open_file(PyObject *self, PyObject *argument)
{
    (void)self;
    PyObject *path = NULL;
    if (!PyUnicode_FSConverter(argument, &path)) {
        return NULL;
    }

    PyObject *opened = open_module(NULL, PyBytes_AS_STRING(path));
    Py_DECREF(path);
    return opened;
}

static PyMethodDef package_functions[] = {
    {"open", (PyCFunction)(void (*)(void))package_open, METH_VARARGS | METH_KEYWORDS,
        PyDoc_STR("open($module, /, module, run_directory=None)\n--\n\nOpens a module: a context manager, whose end closes it.\n\n"
                  "run_directory: the node's; None for $CMS_RUN_DIRECTORY, else /run/cms. Raises NotFound when no node has published the\n"
                  "module, Denied when the caller may not map it.")},
    {"open_file", package_open_file, METH_O,
        PyDoc_STR("open_file($module, path, /)\n--\n\nOpens the segment file at a path, for reading alone.")},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef package_definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "cms._cms",
    .m_doc = PyDoc_STR("The part of the package cms that is written in C."),
    .m_size = -1,
    .m_methods = package_functions,
};

static int add_types(PyObject *package)
{
    PyTypeObject *const types[] = {
        &module_type, &handle_type, &snapshot_type, &section_type, &transaction_type, &table_type, &changes_type,
    };
    for (size_t index = 0; index < sizeof types / sizeof *types; index++) {
        if (PyModule_AddType(package, types[index]) < 0) {
            return -1;
        }
    }

    return 0;
}

PyMODINIT_FUNC PyInit__cms(void);

PyMODINIT_FUNC PyInit__cms(void)
{
    PyObject *package = PyModule_Create(&package_definition);
    if (package == NULL || add_errors(package) < 0 || add_types(package) < 0 || prepare_views() < 0 || prepare_columns(package) < 0
        || prepare_changes(package) < 0) {
        Py_XDECREF(package);
        return NULL;
    }

    return package;
}
