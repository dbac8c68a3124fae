/*
 * What waits or talks to the daemon without the interpreter's lock is not the module that others read meanwhile: it is
 * a second one, or a connection, which one thread takes and gives back. A few of them are kept for the next time.
 */
#include "package.h"

#include <unistd.h>

enum { MOST_IDLE = 4 };

struct idle {
    struct idle *next;
    void *native;
    pid_t process; /* after a fork the child must not talk on its parent's connection */
};

static void *take(struct idle **list)
{
    struct idle *first = *list;
    if (first == NULL) {
        return NULL;
    }

    void *native = first->native;
    *list = first->next;
    PyMem_Free(first);
    return native;
}

/* False when it is not kept. */
static bool give(struct idle **list, void *native)
{
    size_t count = 0;
    for (const struct idle *idle = *list; idle != NULL; idle = idle->next) {
        count++;
    }

    struct idle *first = count < MOST_IDLE ? PyMem_Malloc(sizeof *first) : NULL;
    if (first != NULL) {
        *first = (struct idle){.next = *list, .native = native, .process = getpid()};
        *list = first;
    }

    return first != NULL;
}

cms_module *take_waiter(module_object *module)
{
    cms_module *waiter = take(&module->waiters);
    const cms_status status = waiter != NULL ? CMS_OK : open_again(module, &waiter);
    if (status != CMS_OK) {
        raise_status(status, module->name);
    }

    return waiter;
}

void give_waiter(module_object *module, cms_module *waiter)
{
    if (module->native == NULL || !give(&module->waiters, waiter)) {
        cms_close(waiter);
    }
}

cms_node *take_node(module_object *module)
{
    cms_node *node = NULL;
    if (module->name == NULL) {
        PyErr_SetString(PyExc_ValueError, "the module was opened as a file; there is no daemon to talk to");
        return NULL;
    }

    while (module->nodes != NULL) {
        const bool is_ours = module->nodes->process == getpid();
        node = take(&module->nodes);
        if (is_ours) {
            return node;
        }

        cms_disconnect(node);
    }

    cms_status status;
    Py_BEGIN_ALLOW_THREADS
    status = cms_connect(module->path, &node);
    Py_END_ALLOW_THREADS
    if (status != CMS_OK) {
        raise_status(status, module->name);
        return NULL;
    }

    return node;
}

void give_node(module_object *module, cms_node *node, pid_t process)
{
    if (module->native == NULL || process != getpid() || !give(&module->nodes, node)) {
        cms_disconnect(node);
    }
}

void end_idle(module_object *module)
{
    void *native;
    while ((native = take(&module->waiters)) != NULL) {
        cms_close(native);
    }

    while ((native = take(&module->nodes)) != NULL) {
        cms_disconnect(native);
    }
}
