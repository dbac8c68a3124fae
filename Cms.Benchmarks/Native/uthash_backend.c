/* uthash as its guide has it: one allocation an entry, of exactly the size that handle, key and value need. */
#include "backend.h"
#include "keys.h"

#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>
#include <uthash.h>

struct entry {
    UT_hash_handle hh;
    uint8_t value_size;
    char text[]; /* the key's KEY_SIZE bytes, then the value's */
};

struct table {
    struct entry *head;
    uint64_t bytes;
};

static inline void lookup(struct table *table, const struct key *key, char *value)
{
    struct entry *entry;
    HASH_FIND(hh, table->head, key->bytes, KEY_SIZE, entry);
    if (entry != NULL) {
        memcpy(value, entry->text + KEY_SIZE, entry->value_size);
    }
}

#include "chase.h"

static uint64_t allocated(void)
{
    const struct mallinfo2 heap = mallinfo2();
    return heap.uordblks + heap.hblkhd;
}

static void add(struct table *table, uint32_t number)
{
    struct key key;
    struct entry *entry = malloc(offsetof(struct entry, text) + KEY_SIZE + VALUE_SIZE);
    if (entry == NULL) {
        abort();
    }

    key_of(number, &key);
    memcpy(entry->text, key.bytes, KEY_SIZE);
    value_of(number, entry->text + KEY_SIZE);
    entry->value_size = VALUE_SIZE;
    HASH_ADD_KEYPTR(hh, table->head, entry->text, KEY_SIZE, entry);
}

static struct table *open_uthash(const char *where)
{
    (void)where;
    struct table *table = calloc(1, sizeof *table);
    uint32_t *order = keys_in_load_order();
    if (table == NULL) {
        abort();
    }

    const uint64_t before = allocated();
    for (uint32_t place = 0; place < KEY_COUNT; place++) {
        add(table, order[place]);
    }

    table->bytes = allocated() - before;
    free(order);
    return table;
}

static uint64_t bytes_of_uthash(const struct table *table)
{
    return table->bytes;
}

const struct backend uthash_backend = {
    .name = "uthash", .open = open_uthash, .bytes = bytes_of_uthash, .random = chase_random, .hot = chase_hot};
