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

/* Up to 8 bytes of a block from any offset below its size, the first one lowest; zero behind its end. */
CMS_INLINE uint64_t peek(const unsigned char *block, size_t size, size_t offset)
{
    const size_t place = offset & ~(size_t)(WORD_SIZE - 1);
    const unsigned shift = (unsigned)(offset - place) * 8;
    const uint64_t low = load_word(block + place) >> shift;
    /* Two shifts because one of 64 is not defined. */
    return place + WORD_SIZE >= size ? low : low | load_word(block + place + WORD_SIZE) << 1 << (63 - shift);
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

/* size (1 to 8) bytes of a block from any offset, which the caller has checked; what is above them is garbage. */
CMS_INLINE uint64_t load_bytes(const unsigned char *block, size_t offset, size_t size)
{
    const unsigned char *place = block + (offset & ~(size_t)(WORD_SIZE - 1));
    const unsigned skip = (unsigned)(offset % WORD_SIZE);
    /* The word behind, or the same one again when all bytes are in it: no branch, and no load beyond the block. */
    const uint64_t high = load_word(place + ((skip + size - 1) & WORD_SIZE));
    return load_word(place) >> (skip * 8) | high << 1 << (63 - skip * 8);
}

/*
 * Copies bytes of a block, which the caller has checked to lie within it.
 * room: bytes of the destination, at least size; those behind the copy may become zero.
 */
CMS_INLINE void copy_out(unsigned char *to, size_t room, const unsigned char *block, size_t offset, size_t size)
{
    for (; size >= WORD_SIZE; size -= WORD_SIZE, room -= WORD_SIZE, offset += WORD_SIZE, to += WORD_SIZE) {
        const uint64_t value = load_bytes(block, offset, WORD_SIZE);
        memcpy(to, &value, WORD_SIZE);
    }

    if (size == 0) {
        return;
    }

    const uint64_t value = load_bytes(block, offset, size) & ~(UINT64_MAX << (8 * size));
    if (room >= WORD_SIZE) {
        memcpy(to, &value, WORD_SIZE);
        return;
    }

    for (size_t index = 0; index < size; index++) {
        to[index] = (unsigned char)(value >> (8 * index));
    }
}

#endif
