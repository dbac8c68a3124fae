/* What is not a change of a file: locks, the clock, and how programs that ask for functions by name get these. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "control.h"
#include "hooks.h"
#include "record.h"

enum { NANOSECONDS = 1000000000 };

HOOK void *dlsym(void *restrict library, const char *restrict name);

void *hooks_original(const char *name)
{
    static const char *const versions[] = {"GLIBC_2.34", "GLIBC_2.2.5", "GLIBC_2.17"};
    static void *(*find)(void *, const char *);
    for (size_t index = 0; find == NULL && index < sizeof versions / sizeof versions[0]; index++) {
        *(void **)&find = dlvsym(RTLD_NEXT, "dlsym", versions[index]);
    }

    return find == NULL ? NULL : find(RTLD_NEXT, name);
}

__attribute__((constructor)) static void open_all(void)
{
    control_open();
    record_open();
}

/* A file outside of the root keeps its locks. */
static bool ignores_lock(int file)
{
    struct place place;
    return control != NULL && control->ignores_locks != 0 && record_watches_file(file, &place);
}

HOOK int flock(int file, int operation)
{
    return ignores_lock(file) ? 0 : (int)syscall(SYS_flock, file, operation);
}

static int control_file(int file, int command, void *argument)
{
    switch (command) {
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
        return ignores_lock(file) ? 0 : (int)syscall(SYS_fcntl, file, command, argument);
    default:
        return (int)syscall(SYS_fcntl, file, command, argument);
    }
}

HOOK int fcntl(int file, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    return control_file(file, command, argument);
}

HOOK int fcntl64(int file, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    return control_file(file, command, argument);
}

static struct timespec shift(struct timespec moment)
{
    int64_t nanoseconds = (int64_t)moment.tv_sec * NANOSECONDS + moment.tv_nsec + (control == NULL ? 0 : control->clock_shift_ns);
    return (struct timespec){.tv_sec = nanoseconds / NANOSECONDS, .tv_nsec = nanoseconds % NANOSECONDS};
}

HOOK int clock_gettime(clockid_t clock, struct timespec *moment)
{
    static int (*original)(clockid_t, struct timespec *);
    if (original == NULL) {
        *(void **)&original = hooks_original("clock_gettime");
    }

    int result = original(clock, moment);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        *moment = shift(*moment);
    }

    return result;
}

HOOK int gettimeofday(struct timeval *restrict moment, void *restrict zone)
{
    (void)zone;
    struct timespec now;
    int result = clock_gettime(CLOCK_REALTIME, &now);
    *moment = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
    return result;
}

HOOK time_t time(time_t *moment)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (moment != NULL) {
        *moment = now.tv_sec;
    }

    return now.tv_sec;
}

/* .NET asks the C library itself for its functions, past everything that was loaded before it: a hook of the name goes first all the same. */
static void *hook_of(void *(*find)(void *, const char *), const char *name)
{
    static void *self;
    Dl_info library;
    Dl_info owner;
    if (dladdr(&control, &library) == 0) {
        return NULL;
    }

    if (self == NULL) {
        self = dlopen(library.dli_fname, RTLD_NOW | RTLD_NOLOAD);
    }

    void *found = self == NULL ? NULL : find(self, name);
    return found != NULL && dladdr(found, &owner) != 0 && owner.dli_fbase == library.dli_fbase ? found : NULL;
}

HOOK void *dlsym(void *restrict library, const char *restrict name)
{
    static void *(*original)(void *, const char *);
    if (original == NULL) {
        *(void **)&original = hooks_original("dlsym");
    }

    void *hook = hook_of(original, name);
    return hook != NULL ? hook : original(library, name);
}
