/* Waiting on the futex word of the segment. A wait is always for a word that was loaded before looking. */
#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "handle.h"

/* Waits while the word still holds what was loaded; timeout_ms says only whether there is a deadline. */
static cms_status sleep_on(const struct file *file, uint32_t loaded, int timeout_ms, const struct timespec *deadline)
{
    const void *word = file->base + FUTEX_OFFSET;
    const long result = syscall(SYS_futex, word, FUTEX_WAIT_BITSET, loaded, timeout_ms < 0 ? NULL : deadline, NULL, FUTEX_BITSET_MATCH_ANY);
    if (result == 0 || errno == EAGAIN) {
        return CMS_OK;
    }

    return errno == ETIMEDOUT ? CMS_TIMED_OUT : errno == EINTR ? CMS_INTERRUPTED : CMS_SYSTEM;
}

/* Goes on looking until something is there. look answers CMS_TIMED_OUT when nothing is there yet. */
static cms_status wait_for(cms_module *module, int timeout_ms, cms_status (*look)(void *context), void *context)
{
    const struct timespec deadline = timeout_ms > 0 ? cms_deadline_of(timeout_ms) : (struct timespec){0};
    while (true) {
        const uint64_t generation = module->generation;
        const uint32_t loaded = (uint32_t)load_header(&module->file, FUTEX_OFFSET);
        cms_status status = look(context);
        if (status != CMS_TIMED_OUT || timeout_ms == 0) {
            return status;
        }

        if (generation != module->generation) {
            continue;
        }

        status = sleep_on(&module->file, loaded, timeout_ms, &deadline);
        if (status != CMS_OK) {
            /* What came at the last moment is there all the same. */
            const cms_status last = look(context);
            return last == CMS_TIMED_OUT ? status : last;
        }
    }
}

struct revision_look {
    cms_module *module;
    uint64_t seen;
    uint64_t revision;
};

static cms_status look_for_revision(void *context)
{
    struct revision_look *look = context;
    const cms_status status = cms_revision(look->module, &look->revision);
    return status != CMS_OK ? status : look->revision > look->seen ? CMS_OK : CMS_TIMED_OUT;
}

cms_status cms_wait(cms_module *module, uint64_t seen, int timeout_ms, uint64_t *revision)
{
    struct revision_look look = {.module = module, .seen = seen};
    const cms_status status = wait_for(module, timeout_ms, look_for_revision, &look);
    if (revision != NULL) {
        *revision = look.revision;
    }

    return status;
}

struct handle_look {
    cms_handle *handle;
    cms_status status;
    uint64_t revision;
};

static cms_status look_for_value(void *context)
{
    const struct handle_look *look = context;
    const cms_status status = cms_handle_refresh(look->handle);
    if (status != CMS_OK && status != CMS_NOT_FOUND) {
        return status;
    }

    const bool is_same = status == look->status && (status != CMS_OK || look->handle->private_value.revision == look->revision);
    return is_same ? CMS_TIMED_OUT : CMS_OK;
}

cms_status cms_handle_wait(cms_handle *handle, int timeout_ms)
{
    /* CMS_END: it has given no answer yet. */
    if (handle->private_status == CMS_END) {
        (void)cms_handle_refresh(handle);
    }

    struct handle_look look = {
        .handle = handle,
        .status = handle->private_status,
        .revision = handle->private_value.revision,
    };
    return wait_for(handle->private_module, timeout_ms, look_for_value, &look);
}
