#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct control *control;

static void make_ready(struct control *page)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&page->turn, &attributes);
    pthread_mutexattr_destroy(&attributes);
    page->ready = 1;
}

void control_open(void)
{
    const char *path = getenv("CMS_FAULTS_CONTROL");
    if (path == NULL) {
        return;
    }

    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    if (file < 0) {
        abort();
    }

    struct control *page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (page == MAP_FAILED) {
        abort();
    }

    /* One process of all makes the mutex. The lock is of the kind that .NET, which has the page open in the test, does not use. */
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    syscall(SYS_fcntl, file, F_OFD_SETLKW, &whole);
    if (page->ready == 0) {
        make_ready(page);
    }

    /* The mapping keeps the file open, and with it the lock. */
    whole.l_type = F_UNLCK;
    syscall(SYS_fcntl, file, F_OFD_SETLK, &whole);
    syscall(SYS_close, file);
    control = page;
}

void control_lock(void)
{
    int result = pthread_mutex_lock(&control->turn);
    if (result == EOWNERDEAD) {
        /* Whoever died left nothing half done: records are appended whole. */
        pthread_mutex_consistent(&control->turn);
    } else if (result != 0) {
        abort();
    }
}

void control_unlock(void)
{
    pthread_mutex_unlock(&control->turn);
}

_Noreturn void control_die(void)
{
    syscall(SYS_kill, (pid_t)syscall(SYS_getpid), SIGKILL);
    for (;;) {
        pause();
    }
}
