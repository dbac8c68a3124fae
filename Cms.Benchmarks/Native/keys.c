#include "keys.h"

#include <stdio.h>
#include <stdlib.h>

uint32_t four_digits[SECTION_COUNT + 1];
struct key hot_keys[HOT_COUNT];

void keys_prepare(void)
{
    for (uint32_t number = 0; number <= SECTION_COUNT; number++) {
        char text[12];
        snprintf(text, sizeof text, "%04u", number);
        memcpy(&four_digits[number], text, sizeof four_digits[number]);
    }

    for (uint32_t hot = 0; hot < HOT_COUNT; hot++) {
        key_of(hot * HOT_STRIDE, &hot_keys[hot]);
    }
}

uint32_t *keys_in_load_order(void)
{
    uint32_t *order = malloc(KEY_COUNT * sizeof *order);
    if (order == NULL) {
        abort();
    }

    for (uint32_t place = 0; place < KEY_COUNT; place++) {
        order[place] = place;
    }

    uint64_t state = 1;
    for (uint32_t place = KEY_COUNT - 1; place > 0; place--) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        const uint32_t other = (uint32_t)((state >> 32) * (place + 1) >> 32);
        const uint32_t moved = order[place];
        order[place] = order[other];
        order[other] = moved;
    }

    return order;
}

void value_of(uint32_t number, char *value)
{
    uint64_t digits = ((uint64_t)number * 7919 + 1234567) * 997 % 10000000000u;
    for (int place = VALUE_SIZE - 1; place >= 0; place--) {
        value[place] = (char)('0' + digits % 10);
        digits /= 10;
    }
}
