/*
 * The parts of an entry, read where it lies. Nothing here counts before the entry was confirmed (lookup.h); until then
 * every size is checked against the block's, so that garbage leads to CMS_CORRUPT and never out of the block.
 */
#ifndef CMS_ENTRY_H
#define CMS_ENTRY_H

#include "lookup.h"

/* Where the value of an option is. */
struct option_place {
    uint64_t revision;
    size_t offset;
    size_t size;
};

/*
 * Up to 8 bytes of a block from an offset of at least 8 and below its size; zero behind its end. Nothing behind the
 * block is touched: what is there may not be there.
 */
CMS_INLINE uint64_t peek(const unsigned char *block, size_t size, size_t offset)
{
    const size_t left = size - offset;
    return left >= WORD_SIZE ? load_loose(block + offset) : load_loose(block + size - WORD_SIZE) >> (8 * (WORD_SIZE - left));
}

/* Takes a number of seven bits a byte off a block; false when it does not end within its bounds. */
CMS_INLINE bool take_varint(const unsigned char *block, size_t size, size_t *offset, uint64_t *number)
{
    if (*offset >= size) {
        return false;
    }

    uint64_t bytes = peek(block, size, *offset);
    if (!CMS_RARELY(bytes & 0x80)) {
        *number = bytes & 0x7F;
        *offset += 1;
        return true;
    }

    uint64_t value = 0;
    for (unsigned index = 0; index < MOST_VARINT_BYTES && *offset + index < size; index++, bytes >>= 8) {
        value |= (bytes & 0x7F) << (7 * index);
        if ((bytes & 0x80) == 0) {
            *number = value;
            *offset += index + 1;
            return true;
        }
    }

    return false;
}

CMS_INLINE bool place_option(const struct found *found, struct option_place *place)
{
    size_t offset = KEY_OFFSET + descriptor_count(found->descriptor);
    uint64_t size;
    place->revision = stamp_revision(found->stamp);
    if (CMS_RARELY(descriptor_has_changed(found->descriptor))
        && !take_varint(found->block, found->size, &offset, &place->revision)) {
        return false;
    }

    if (CMS_RARELY(!take_varint(found->block, found->size, &offset, &size) || size > found->size - offset)) {
        return false;
    }

    place->offset = offset;
    place->size = (size_t)size;
    return true;
}

/* 1 to 8 bytes of a block from an offset of at least 8; the rest zero. */
CMS_INLINE uint64_t load_bytes(const unsigned char *block, size_t offset, size_t size)
{
    return load_loose(block + offset + size - WORD_SIZE) >> (8 * (WORD_SIZE - size));
}

CMS_INLINE void store_word(unsigned char *to, uint64_t word)
{
    memcpy(to, &word, sizeof word);
}

/*
 * Copies bytes of a block from an offset of at least 16, which the caller has checked to lie within it.
 * room: bytes of the destination, at least size; of those behind the copy up to 16 may become zero.
 */
CMS_INLINE void copy_out(unsigned char *to, size_t room, const unsigned char *block, size_t offset, size_t size)
{
    const unsigned char *from = block + offset;
    if (size > 16) {
        for (; size > 16; size -= 8, from += 8, to += 8) {
            store_word(to, load_loose(from));
        }

        store_word(to + size - 16, load_loose(from + size - 16));
        store_word(to + size - 8, load_loose(from + size - 8));
    } else if (size > 0) {
        /* The 16 bytes up to the end of the value lie in the block, whatever is in front of the value. */
        uint64_t words[2];
        shift_down(load_loose(from + size - 16), load_loose(from + size - 8), size, words);
        if (__builtin_expect(room >= 16, 1)) {
            store_word(to, words[0]);
            store_word(to + 8, words[1]);
            return;
        }

        for (size_t index = 0; index < size; index++) {
            to[index] = (unsigned char)(words[index / 8] >> (index % 8 * 8));
        }
    }
}

#endif
