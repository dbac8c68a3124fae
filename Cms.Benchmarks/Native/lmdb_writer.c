/*
 * The same load on LMDB that LookupWriter.cs puts on ours, from another process too: 1,000 commits of one key a second,
 * every tenth of a hot key, the others of keys that nobody reads.
 *
 *     lmdb-writer DIRECTORY      runs until standard input ends; prints "COMMITS NANOSECONDS"
 */
#include "keys.h"
#include "lmdb_file.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>

enum {
    HOT_EVERY = 10,
    NANOSECONDS_APART = 1000000,
    SECOND = 1000000000,
};

static uint64_t since(const struct timespec *begun, const struct timespec *end)
{
    return (uint64_t)(end->tv_sec - begun->tv_sec) * SECOND + (uint64_t)end->tv_nsec - (uint64_t)begun->tv_nsec;
}

static uint32_t next_key(uint64_t commit)
{
    return commit % HOT_EVERY == 0 ? (uint32_t)(commit / HOT_EVERY % HOT_COUNT * HOT_STRIDE)
                                   : KEY_COUNT + (uint32_t)(commit % OPTIONS_PER_SECTION);
}

int main(int count, char **arguments)
{
    if (count != 2) {
        fprintf(stderr, "lmdb-writer DIRECTORY\n");
        return 2;
    }

    struct pollfd input = {.fd = 0, .events = POLLIN};
    struct timespec begun;
    keys_prepare();
    MDB_env *environment = lmdb_open(arguments[1], MDB_NOSYNC);
    clock_gettime(CLOCK_MONOTONIC, &begun);
    struct timespec due = begun;
    uint64_t commits = 0;
    for (; poll(&input, 1, 0) == 0; commits++) {
        const uint32_t number = next_key(commits);
        lmdb_commit(environment, &number, 1);
        due.tv_nsec += NANOSECONDS_APART;
        if (due.tv_nsec >= SECOND) {
            due.tv_nsec -= SECOND;
            due.tv_sec++;
        }

        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
    }

    clock_gettime(CLOCK_MONOTONIC, &due);
    printf("%" PRIu64 " %" PRIu64 "\n", commits, since(&begun, &due));
    mdb_env_close(environment);
    return 0;
}
