/* Keys: their words, padded with zero bytes, and their hash. */
#ifndef CMS_KEY_H
#define CMS_KEY_H

#include <string.h>

#include "cms.h"
#include "layout.h"

__extension__ typedef unsigned __int128 cms_uint128;

/* A key made ready to be looked for; the bytes are the caller's. */
struct key {
    const unsigned char *bytes;
    size_t size;
    uint64_t hash;
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

/* 1 to 7 bytes as a word, the rest zero, without touching a byte beyond them. */
CMS_INLINE uint64_t load_few(const unsigned char *bytes, size_t size)
{
    if (size >= 4) {
        return load_half(bytes) | (uint64_t)load_half(bytes + size - 4) << (8 * (size - 4));
    }

    return bytes[0] | (uint64_t)bytes[size / 2] << (8 * (size / 2)) | (uint64_t)bytes[size - 1] << (8 * (size - 1));
}

/* The last `size` (1 to 16) bytes of 16 as two words, the rest zero. */
CMS_INLINE void shift_down(uint64_t low, uint64_t high, size_t size, uint64_t words[2])
{
    const cms_uint128 all = ((cms_uint128)high << 64 | low) >> (8 * (16 - size));
    words[0] = (uint64_t)all;
    words[1] = (uint64_t)(all >> 64);
}

/* The end of a hash: what all bytes amount to, once more. */
CMS_INLINE uint64_t finish_hash(uint64_t hash, uint64_t seed)
{
    return fold(hash ^ UINT64_C(0x9E3779B97F4A7C15), seed ^ UINT64_C(0xD6E8FEB86659FD93));
}

/* H of the format, section 3. */
CMS_INLINE uint64_t hash_bytes(const void *key, size_t size, uint64_t seed, uint64_t second_seed)
{
    const unsigned char *bytes = key;
    uint64_t hash = second_seed ^ size;
    uint64_t last[2] = {0, 0};
    if (size > 16) {
        size_t left = size;
        hash = fold(load_unaligned(bytes) ^ seed, load_unaligned(bytes + 8) ^ hash);
        for (; CMS_RARELY(left > 32); left -= 16) {
            bytes += 16;
            hash = fold(load_unaligned(bytes) ^ seed, load_unaligned(bytes + 8) ^ hash);
        }

        /* The last 16 bytes overlap the whole words before them, of which the shift rids them. */
        shift_down(load_unaligned(bytes + left - 16), load_unaligned(bytes + left - 8), left - 16, last);
    } else if (size >= 8) {
        const unsigned missing = (unsigned)(16 - size);
        last[0] = load_unaligned(bytes);
        /* Two shifts because one of 64 is not defined. */
        last[1] = load_unaligned(bytes + size - 8) >> (4 * missing) >> (4 * missing);
    } else if (size > 0) {
        last[0] = load_few(bytes, size);
    } else {
        return finish_hash(hash, seed);
    }

    return finish_hash(fold(last[0] ^ seed, last[1] ^ hash), seed);
}

/* Whether the bytes at a place in a block are these, which are at least one. */
CMS_INLINE bool equals_key(const unsigned char *place, const unsigned char *key, size_t size)
{
    uint64_t difference = 0;
    if (size > 16) {
        for (size_t offset = 16; CMS_RARELY(offset + 16 < size); offset += 16) {
            difference |= (load_loose(place + offset) ^ load_unaligned(key + offset)) | (load_loose(place + offset + 8) ^ load_unaligned(key + offset + 8));
        }

        difference |= (load_loose(place) ^ load_unaligned(key)) | (load_loose(place + 8) ^ load_unaligned(key + 8));
        difference |= load_loose(place + size - 16) ^ load_unaligned(key + size - 16);
        return (difference | (load_loose(place + size - 8) ^ load_unaligned(key + size - 8))) == 0;
    }

    if (size >= 8) {
        return ((load_loose(place) ^ load_unaligned(key)) | (load_loose(place + size - 8) ^ load_unaligned(key + size - 8))) == 0;
    }

    /* The key of an entry lies at the start of a word, of which the bytes behind the key are shifted out. */
    return (load_loose(place) ^ load_few(key, size)) << (8 * (8 - size)) == 0;
}

#endif
