/* Waiting without the interpreter's lock, for commits and for values. */
#include "package.h"

#include <limits.h>
#include <math.h>
#include <time.h>

static const int64_t second = 1000000000;
static const int64_t millisecond = 1000000;

static int64_t now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * second + time.tv_nsec;
}

int take_timeout(PyObject *timeout, int64_t *deadline)
{
    /* Longer than that is for ever. */
    static const double most_seconds = 1e9;
    *deadline = NEVER;
    if (timeout == Py_None) {
        return 0;
    }

    const double seconds = PyFloat_AsDouble(timeout);
    if (PyErr_Occurred()) {
        return -1;
    }

    if (isnan(seconds) || seconds < 0) {
        PyErr_SetString(PyExc_ValueError, "a timeout is a number of seconds from 0");
        return -1;
    }

    if (seconds < most_seconds) {
        *deadline = now() + (int64_t)ceil(seconds * (double)second);
    }

    return 0;
}

/* As libcms wants it: rounded up, -1 for ever. */
static int milliseconds_until(int64_t deadline)
{
    if (deadline == NEVER) {
        return -1;
    }

    const int64_t left = (deadline - now() + millisecond - 1) / millisecond;
    return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

int wait_until(int64_t deadline, cms_status (*wait)(void *context, int timeout_ms), void *context)
{
    while (true) {
        const int timeout_ms = milliseconds_until(deadline);
        cms_status status;
        Py_BEGIN_ALLOW_THREADS
        status = wait(context, timeout_ms);
        Py_END_ALLOW_THREADS
        if (PyErr_CheckSignals() < 0) {
            return -1;
        }

        const bool is_over = status == CMS_TIMED_OUT && timeout_ms < INT_MAX;
        if (is_over || (status != CMS_TIMED_OUT && status != CMS_INTERRUPTED)) {
            return (int)status;
        }
    }
}

struct revision_wait {
    cms_module *module;
    uint64_t seen;
    uint64_t revision;
};

static cms_status wait_for_commit(void *context, int timeout_ms)
{
    struct revision_wait *wait = context;
    return cms_wait(wait->module, wait->seen, timeout_ms, &wait->revision);
}

/* What the caller has seen; the newest revision for None. */
static int take_seen(module_object *module, PyObject *seen, uint64_t *revision)
{
    if (seen != Py_None) {
        *revision = PyLong_AsUnsignedLongLong(seen);
        return PyErr_Occurred() ? -1 : 0;
    }

    cms_module *native = native_of(module);
    const cms_status status = native == NULL ? CMS_OK : cms_revision(native, revision);
    if (status != CMS_OK) {
        raise_status(status, NULL);
    }

    return PyErr_Occurred() ? -1 : 0;
}

PyObject *wait_for_revision(module_object *module, PyObject *seen, PyObject *timeout)
{
    struct revision_wait wait = {0};
    int64_t deadline = 0;
    if (native_of(module) == NULL || take_timeout(timeout, &deadline) < 0 || take_seen(module, seen, &wait.seen) < 0) {
        return NULL;
    }

    wait.module = take_waiter(module);
    if (wait.module == NULL) {
        return NULL;
    }

    const int status = wait_until(deadline, wait_for_commit, &wait);
    give_waiter(module, wait.module);
    return status < 0          ? NULL
        : status == CMS_OK ? PyLong_FromUnsignedLongLong(wait.revision)
                           : raise_status((cms_status)status, NULL);
}

static cms_status wait_for_handle(void *context, int timeout_ms)
{
    return cms_handle_wait(context, timeout_ms);
}

int wait_for_value(module_object *module, const char *key, size_t key_size, bool was_there, uint64_t revision, PyObject *timeout)
{
    cms_handle handle;
    cms_value value = {0};
    int64_t deadline = 0;
    cms_module *waiter = take_timeout(timeout, &deadline) < 0 ? NULL : take_waiter(module);
    if (waiter == NULL) {
        return -1;
    }

    int status = (int)cms_handle_init(&handle, waiter, key, key_size);
    if (status == CMS_OK) {
        /* The first look of this handle; what has changed since the caller's last one ends the wait at once. */
        status = (int)cms_handle_find(&handle, NULL, 0, &value);
        const bool is_there = status == CMS_OK || status == CMS_BUFFER_TOO_SMALL;
        if (is_there || status == CMS_NOT_FOUND) {
            const bool is_same = is_there == was_there && (!is_there || value.revision == revision);
            status = is_same ? wait_until(deadline, wait_for_handle, &handle) : CMS_OK;
        }
    }

    give_waiter(module, waiter);
    if (status > 0) {
        raise_status((cms_status)status, NULL);
    }

    return status == CMS_OK ? 0 : -1;
}
