/*
 * The data that every backend holds, and the walk over it: 1,000,000 keys of 20 bytes with values of 10 digits.
 *
 * LookupData.cs has the same in C#. The end that a walk must reach is computed there without any table, so a backend
 * that answers wrongly once cannot end where it should.
 */
#ifndef CMS_BENCH_KEYS_H
#define CMS_BENCH_KEYS_H

#include <stdint.h>
#include <string.h>

enum {
    KEY_COUNT = 1000000,
    KEY_SIZE = 20,
    VALUE_SIZE = 10,
    OPTIONS_PER_SECTION = 1000,
    SECTION_COUNT = KEY_COUNT / OPTIONS_PER_SECTION,
    HOT_COUNT = 64,
    HOT_STRIDE = KEY_COUNT / HOT_COUNT,
    BATCH_COUNT = 64,
    HOT_SHIFT = 58, /* the upper six bits of a state choose among the hot keys */
};

/* The bytes of a key; those behind the first KEY_SIZE are zero. */
struct key {
    char bytes[24];
};

/* Every 15,625th of the million; filled by keys_prepare. */
extern struct key hot_keys[HOT_COUNT];

/* The four digits of the numbers 0 to 1000, in memory order; filled by keys_prepare. */
extern uint32_t four_digits[SECTION_COUNT + 1];

void keys_prepare(void);

/* The numbers below KEY_COUNT in the order of loading, which is random and always the same; the caller frees them. */
uint32_t *keys_in_load_order(void);

/* The value of a key: VALUE_SIZE digits. */
void value_of(uint32_t number, char *value);

/*
 * Makes "sec_NNNN.option_NNNN" in registers, so that a lookup of a random key pays for no memory but the table's.
 * Numbers of the section behind the last one, up to KEY_COUNT + 999, are for keys that nobody reads.
 */
static inline void key_of(uint32_t number, struct key *key)
{
    const uint32_t section = four_digits[number / OPTIONS_PER_SECTION];
    const uint32_t option = four_digits[number % OPTIONS_PER_SECTION];
    const uint64_t front = 0x5F636573u | (uint64_t)section << 32; /* "sec_" */
    memcpy(key->bytes, &front, 8);
    memcpy(key->bytes + 8, ".option_", 8);
    memcpy(key->bytes + 16, &option, 4);
}

/* One step of the walk: all the bytes of the value that was read go into the state, from which the next key comes. */
static inline uint64_t walk_on(uint64_t state, const char *value)
{
    uint64_t front;
    uint16_t back;
    memcpy(&front, value, 8);
    memcpy(&back, value + 8, 2);
    return (state + front + back) * 0x9E3779B97F4A7C15u;
}

/* The same with the value as a number. */
static inline uint64_t walk_on_number(uint64_t state, int64_t value)
{
    return (state + (uint64_t)value) * 0x9E3779B97F4A7C15u;
}

static inline uint32_t number_of(uint64_t state)
{
    return (uint32_t)((state >> 32) * KEY_COUNT >> 32);
}

/* The state that the key of one place in a batch comes from. */
static inline uint64_t spread(uint64_t state, uint32_t place)
{
    return (state + place) * 0xD1342543DE82EF95u;
}

#endif
