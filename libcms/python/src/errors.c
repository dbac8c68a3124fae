/* The exceptions, one for each status, made of CMS_STATUSES. */
#include "package.h"

#include <errno.h>
#include <string.h>

enum { MOST_STATUS = 63, NAME_SIZE = 64 };

static PyObject *errors[MOST_STATUS + 1];

/* What an exception is besides a cms.Error, and its name when that is not the one of the status. */
struct kinship {
    cms_status status;
    const char *name;
    PyObject **base;
};

static const struct kinship kinships[] = {
    {CMS_INVALID_ARGUMENT, NULL, &PyExc_ValueError},
    {CMS_NOT_FOUND, NULL, &PyExc_KeyError},
    {CMS_WRONG_TYPE, NULL, &PyExc_TypeError},
    {CMS_TIMED_OUT, "Timeout", &PyExc_TimeoutError},
    {CMS_DENIED, NULL, &PyExc_PermissionError},
    {CMS_UNAVAILABLE, NULL, &PyExc_ConnectionError},
    {CMS_NO_MEMORY, NULL, &PyExc_MemoryError},
    {CMS_SYSTEM, "SystemFailure", &PyExc_OSError},
};

static const struct kinship *kinship_of(cms_status status)
{
    for (size_t index = 0; index < sizeof kinships / sizeof *kinships; index++) {
        if (kinships[index].status == status) {
            return &kinships[index];
        }
    }

    return NULL;
}

/* NOT_FOUND as cms.NotFound. */
static void write_class_name(char name[NAME_SIZE], const char *status)
{
    size_t length = (size_t)snprintf(name, NAME_SIZE, "cms.");
    bool is_first = true;
    for (; *status != '\0' && length < NAME_SIZE - 1; status++) {
        if (*status == '_') {
            is_first = true;
            continue;
        }

        name[length++] = is_first ? *status : (char)Py_TOLOWER(*status);
        is_first = false;
    }

    name[length] = '\0';
}

static int add_error(PyObject *package, cms_status status, const char *status_name)
{
    char name[NAME_SIZE];
    const struct kinship *kinship = kinship_of(status);
    write_class_name(name, status_name);
    if (kinship != NULL && kinship->name != NULL) {
        (void)snprintf(name, sizeof name, "cms.%s", kinship->name);
    }

    PyObject *bases = kinship == NULL ? Py_NewRef(errors[0]) : PyTuple_Pack(2, errors[0], *kinship->base);
    PyObject *members = Py_BuildValue("{s:i}", "code", (int)status);
    PyObject *error = bases == NULL || members == NULL ? NULL : PyErr_NewExceptionWithDoc(name, cms_status_text(status), bases, members);
    Py_XDECREF(bases);
    Py_XDECREF(members);
    errors[status] = error;
    return error == NULL ? -1 : PyModule_AddObjectRef(package, strchr(name, '.') + 1, error);
}

/* KeyError shows its argument as in a program; these are sentences. */
static int add_base(PyObject *package)
{
    PyObject *members = PyDict_New();
    PyObject *text = PyObject_GetAttrString(PyExc_BaseException, "__str__");
    const bool is_made = members != NULL && text != NULL && PyDict_SetItemString(members, "__str__", text) == 0
        && PyDict_SetItemString(members, "code", Py_None) == 0;
    Py_XDECREF(text);
    errors[0] = !is_made ? NULL
                         : PyErr_NewExceptionWithDoc("cms.Error",
                               "What every exception of cms is. code: the number of the status, as in docs/errors.md and cms.h.", NULL, members);
    Py_XDECREF(members);
    return errors[0] == NULL ? -1 : PyModule_AddObjectRef(package, "Error", errors[0]);
}

int add_errors(PyObject *package)
{
    if (add_base(package) < 0) {
        return -1;
    }

#define ADD(name, number, sentence)                                                                                  \
    if (CMS_##name != CMS_OK && CMS_##name != CMS_END && add_error(package, CMS_##name, #name) < 0) {                \
        return -1;                                                                                                   \
    }

    CMS_STATUSES(ADD)
#undef ADD
    return 0;
}

static PyObject *error_of(cms_status status)
{
    PyObject *error = (unsigned)status <= MOST_STATUS ? errors[status] : NULL;
    return error != NULL ? error : errors[0];
}

PyObject *raise_about(cms_status status, PyObject *subject)
{
    if (status == CMS_SYSTEM) {
        PyObject *arguments = Py_BuildValue("(is)", errno, strerror(errno));
        if (arguments != NULL) {
            PyErr_SetObject(error_of(status), arguments);
            Py_DECREF(arguments);
        }

        return NULL;
    }

    if (subject == NULL) {
        PyErr_SetString(error_of(status), cms_status_text(status));
        return NULL;
    }

    PyObject *message = PyUnicode_FromFormat("%S: %s", subject, cms_status_text(status));
    if (message != NULL) {
        PyErr_SetObject(error_of(status), message);
        Py_DECREF(message);
    }

    return NULL;
}

PyObject *raise_status(cms_status status, const char *subject)
{
    PyObject *text = subject == NULL ? NULL : text_of(subject, strlen(subject));
    if (subject == NULL || text != NULL) {
        raise_about(status, text);
    }

    Py_XDECREF(text);
    return NULL;
}

PyObject *raise_refusal(cms_status status, const cms_node *node)
{
    const char *message = node == NULL ? "" : cms_node_message(node);
    if (message[0] == '\0') {
        return raise_about(status, NULL);
    }

    PyObject *text = text_of(message, strlen(message));
    if (text != NULL) {
        PyErr_SetObject(error_of(status), text);
        Py_DECREF(text);
    }

    return NULL;
}

bool is_raised(cms_status status)
{
    return PyErr_Occurred() != NULL && PyErr_ExceptionMatches(error_of(status)) != 0;
}
