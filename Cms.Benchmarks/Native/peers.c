/*
 * The tables in C as one process. It opens those that the command line names and then walks as it is told.
 *
 *     peers NAME=WHERE...                     prints "NAME BYTES" when each is there
 *     NAME random|hot|handle|number|batch STEPS STATE on standard input prints "NANOSECONDS STATE"
 */
#include "backend.h"
#include "keys.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const struct backend *const backends[] = {&uthash_backend, &lmdb_backend, &cms_backend, &cms_huge_backend};

enum { BACKEND_COUNT = sizeof backends / sizeof backends[0] };

static struct table *tables[BACKEND_COUNT];

static void refuse(const char *what, const char *word)
{
    fprintf(stderr, "peers: %s %s\n", what, word);
    exit(2);
}

static int find(const char *name, size_t size)
{
    for (int each = 0; each < BACKEND_COUNT; each++) {
        if (strlen(backends[each]->name) == size && memcmp(backends[each]->name, name, size) == 0) {
            return each;
        }
    }

    refuse("there is no", name);
    return 0;
}

static walk choose(const struct backend *backend, const char *reach)
{
    const walk chosen = strcmp(reach, "random") == 0 ? backend->random
        : strcmp(reach, "hot") == 0                  ? backend->hot
        : strcmp(reach, "handle") == 0               ? backend->handle
        : strcmp(reach, "number") == 0               ? backend->number
        : strcmp(reach, "batch") == 0                ? backend->batch
                                                     : NULL;
    if (chosen == NULL) {
        refuse("cannot walk", reach);
    }

    return chosen;
}

static void open_named(const char *argument)
{
    const char *equals = strchr(argument, '=');
    if (equals == NULL) {
        refuse("not NAME=WHERE:", argument);
    }

    const int which = find(argument, (size_t)(equals - argument));
    tables[which] = backends[which]->open(equals + 1);
    printf("%s %" PRIu64 "\n", backends[which]->name, backends[which]->bytes(tables[which]));
    fflush(stdout);
}

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

int main(int count, char **arguments)
{
    char name[32];
    char reach[32];
    uint64_t steps;
    uint64_t state;
    keys_prepare();
    for (int each = 1; each < count; each++) {
        open_named(arguments[each]);
    }

    while (scanf("%31s %31s %" SCNu64 " %" SCNu64, name, reach, &steps, &state) == 4) {
        const int which = find(name, strlen(name));
        const walk chosen = choose(backends[which], reach);
        const uint64_t begun = now();
        const uint64_t end = chosen(tables[which], steps, state);
        printf("%" PRIu64 " %" PRIu64 "\n", now() - begun, end);
        fflush(stdout);
    }

    return 0;
}
