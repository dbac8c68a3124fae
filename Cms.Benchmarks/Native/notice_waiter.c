/*
 * Sleeps until a commit is published and says how long ago that was. The publisher sets clock.stamp to the time of
 * CLOCK_MONOTONIC at which it begins to publish.
 *
 *     notice-waiter SEGMENT COUNT      prints "ready", then the nanoseconds of COUNT notices, a line each
 */
#include <cms.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char key[] = "clock.stamp";

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000ll + time.tv_nsec;
}

static void check(cms_status status)
{
    if (status != CMS_OK) {
        fprintf(stderr, "notice-waiter: %s\n", cms_status_text(status));
        exit(1);
    }
}

int main(int count, char **arguments)
{
    if (count != 3) {
        fprintf(stderr, "notice-waiter SEGMENT COUNT\n");
        return 2;
    }

    const long wanted = strtol(arguments[2], NULL, 10);
    int64_t *delays = calloc((size_t)wanted, sizeof *delays);
    cms_module *module;
    cms_handle handle;
    uint64_t seen;
    check(cms_open_file(arguments[1], &module));
    check(cms_handle_init(&handle, module, key, strlen(key)));
    check(cms_revision(module, &seen));
    printf("ready\n");
    fflush(stdout);
    for (long each = 0; each < wanted && delays != NULL; each++) {
        int64_t stamp;
        check(cms_wait(module, seen, -1, &seen));
        const int64_t woken = now();
        check(cms_handle_get_int(&handle, &stamp));
        delays[each] = woken - stamp;
    }

    for (long each = 0; each < wanted && delays != NULL; each++) {
        printf("%" PRId64 "\n", delays[each]);
    }

    free(delays);
    cms_close(module);
    return 0;
}
