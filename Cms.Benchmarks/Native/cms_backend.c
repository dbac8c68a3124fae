/* Our segment by libcms, linked as a shared library like anybody's program; another process made it and writes it. */
#include "backend.h"
#include "keys.h"

#include <cms.h>
#include <stdio.h>
#include <stdlib.h>

struct table {
    cms_module *module;
    cms_handle handles[HOT_COUNT];
    struct key keys[BATCH_COUNT];
    char values[BATCH_COUNT][VALUE_SIZE];
    cms_query queries[BATCH_COUNT];
};

static inline void lookup(struct table *table, const struct key *key, char *value)
{
    cms_value found;
    (void)cms_find(table->module, key->bytes, KEY_SIZE, value, 64, &found);
}

#include "chase.h"

static uint64_t chase_handle(struct table *table, uint64_t steps, uint64_t state)
{
    char value[VALUE_ROOM] = {0};
    for (; steps > 0; steps--) {
        size_t size;
        (void)cms_handle_get_string(&table->handles[state >> HOT_SHIFT], value, sizeof value, &size);
        state = walk_on(state, value);
    }

    return state;
}

static uint64_t chase_number(struct table *table, uint64_t steps, uint64_t state)
{
    int64_t value = 0;
    for (; steps > 0; steps--) {
        (void)cms_handle_get_int(&table->handles[state >> HOT_SHIFT], &value);
        state = walk_on_number(state, value);
    }

    return state;
}

/* The keys of a batch come from the state that the batch before has led to. */
static uint64_t chase_batch(struct table *table, uint64_t steps, uint64_t state)
{
    for (; steps >= BATCH_COUNT; steps -= BATCH_COUNT) {
        for (uint32_t place = 0; place < BATCH_COUNT; place++) {
            key_of(number_of(spread(state, place)), &table->keys[place]);
        }

        (void)cms_find_many(table->module, table->queries, BATCH_COUNT, NULL);
        for (uint32_t place = 0; place < BATCH_COUNT; place++) {
            state = walk_on(state, table->values[place]);
        }
    }

    return state;
}

static void check(cms_status status, const char *what)
{
    if (status != CMS_OK) {
        fprintf(stderr, "cms: %s: %s\n", what, cms_status_text(status));
        exit(1);
    }
}

static struct table *open_cms(const char *where)
{
    struct table *table = calloc(1, sizeof *table);
    if (table == NULL) {
        abort();
    }

    check(cms_open_file(where, &table->module), where);
    for (uint32_t hot = 0; hot < HOT_COUNT; hot++) {
        check(cms_handle_init(&table->handles[hot], table->module, hot_keys[hot].bytes, KEY_SIZE), "handle");
    }

    for (uint32_t place = 0; place < BATCH_COUNT; place++) {
        table->queries[place] = (cms_query){
            .key = table->keys[place].bytes, .key_size = KEY_SIZE, .buffer = table->values[place], .capacity = VALUE_SIZE};
    }

    return table;
}

static uint64_t bytes_of_cms(const struct table *table)
{
    (void)table;
    return 0;
}

#define BACKEND(called)                                                                                              \
    {.name = called, .open = open_cms, .bytes = bytes_of_cms, .random = chase_random, .hot = chase_hot,              \
     .handle = chase_handle, .number = chase_number, .batch = chase_batch}

const struct backend cms_backend = BACKEND("cms");
const struct backend cms_huge_backend = BACKEND("cms-huge");
