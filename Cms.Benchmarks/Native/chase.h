/*
 * The loop that measures every backend alike. A backend's source defines
 *
 *     static inline void lookup(struct table *table, const struct key *key, char *value)
 *
 * which copies the value out, and then includes this file, so that the compiler sees loop and lookup together. A lookup
 * that finds nothing leaves the value of the step before, which leads the walk astray.
 */
#include "backend.h"
#include "keys.h"

enum { VALUE_ROOM = 64 };

static uint64_t chase_random(struct table *table, uint64_t steps, uint64_t state)
{
    struct key key = {{0}};
    char value[VALUE_ROOM] = {0};
    for (; steps > 0; steps--) {
        key_of(number_of(state), &key);
        lookup(table, &key, value);
        state = walk_on(state, value);
    }

    return state;
}

static uint64_t chase_hot(struct table *table, uint64_t steps, uint64_t state)
{
    char value[VALUE_ROOM] = {0};
    for (; steps > 0; steps--) {
        lookup(table, &hot_keys[state >> HOT_SHIFT], value);
        state = walk_on(state, value);
    }

    return state;
}
