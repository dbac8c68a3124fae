/* Keys: their words, padded with zero bytes, and their hash. */
#ifndef CMS_KEY_H
#define CMS_KEY_H

#include <string.h>

#include "cms.h"
#include "layout.h"

__extension__ typedef unsigned __int128 cms_uint128;

/* A key made ready to be looked for. words holds its bytes, the last 16 padded with zero bytes. */
struct key {
    uint64_t hash;
    size_t size;
    uint64_t words[CMS_KEY_SIZE / WORD_SIZE + 1];
};

CMS_INLINE uint64_t fold(uint64_t a, uint64_t b)
{
    const cms_uint128 product = (cms_uint128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

CMS_INLINE uint64_t load_unaligned(const unsigned char *place)
{
    uint64_t word;
    memcpy(&word, place, sizeof word);
    return word;
}

CMS_INLINE uint32_t load_half(const unsigned char *place)
{
    uint32_t half;
    memcpy(&half, place, sizeof half);
    return half;
}

/* 1 to 15 bytes as two words, the rest zero, without touching a byte beyond them. */
CMS_INLINE void load_short(const unsigned char *bytes, size_t size, uint64_t *first, uint64_t *second)
{
    *second = 0;
    if (size >= 8) {
        *first = load_unaligned(bytes);
        /* The last 8 bytes hold 16 - size bytes of the first word; two shifts because one of 64 is not defined. */
        *second = load_unaligned(bytes + size - 8) >> (8 * (15 - size)) >> 8;
    } else if (size >= 4) {
        *first = load_half(bytes) | (uint64_t)load_half(bytes + size - 4) << (8 * (size - 4));
    } else {
        *first = bytes[0] | (uint64_t)bytes[size / 2] << (8 * (size / 2)) | (uint64_t)bytes[size - 1] << (8 * (size - 1));
    }
}

/* The last 1 to 15 bytes of a key of 16 and more, taken from its last 16 bytes. */
CMS_INLINE void load_tail(const unsigned char *end, size_t size, uint64_t *first, uint64_t *second)
{
    const cms_uint128 last = (cms_uint128)load_unaligned(end - 8) << 64 | load_unaligned(end - 16);
    const cms_uint128 tail = last >> (8 * (16 - size));
    *first = (uint64_t)tail;
    *second = (uint64_t)(tail >> 64);
}

/* H of the format, section 3. words, unless NULL, gets the padded words: a multiple of two. */
CMS_INLINE uint64_t hash_bytes(const void *bytes, size_t size, uint64_t seed, uint64_t second_seed, uint64_t *words)
{
    const unsigned char *next = bytes;
    uint64_t hash = second_seed ^ size;
    size_t left = size;
    uint64_t first;
    uint64_t second;
    for (; left >= 16; left -= 16, next += 16) {
        first = load_unaligned(next);
        second = load_unaligned(next + 8);
        if (words != NULL) {
            *words++ = first;
            *words++ = second;
        }

        hash = fold(first ^ seed, second ^ hash);
    }

    if (left > 0) {
        if (size >= 16) {
            load_tail(next + left, left, &first, &second);
        } else {
            load_short(next, left, &first, &second);
        }

        if (words != NULL) {
            *words++ = first;
            *words = second;
        }

        hash = fold(first ^ seed, second ^ hash);
    }

    return fold(hash ^ UINT64_C(0x9E3779B97F4A7C15), seed ^ UINT64_C(0xD6E8FEB86659FD93));
}

#endif
