/*
 * The quick way to what is asked for most: a short option whose newest version is the head of its chain.
 * Everything else is left to lookup.h, which knows every case and decides what is wrong.
 *
 * What is found is confirmed as there: a head that shows a visible revision is the newest version (section 7.1, 2), and
 * what was read of it counts when its stamp is the same afterwards.
 */
#ifndef CMS_HEAD_H
#define CMS_HEAD_H

#include "entry.h"

/* Kind, flags and size of the key in the descriptor of a plain text: a string that is no list and was never renamed. */
#define PLAIN_TEXT(key_size) ((uint64_t)(key_size) << 8 | KIND_OPTION)

struct head {
    const unsigned char *block;
    uint64_t stamp;
    size_t value_offset;
    size_t value_size;
};

enum head_result {
    HEAD_FOUND,
    HEAD_MISSING,
    HEAD_UNSURE,
};

/* Compares and measures a head; false when lookup.h has to look. */
CMS_INLINE bool take_head(const struct file *file, const unsigned char *key, size_t size, uint64_t revision, struct head *head)
{
    const unsigned char *block = head->block;
    const uint64_t stamp = load_word(block);
    const uint64_t descriptor = load_word(block + DESCRIPTOR_OFFSET);
    const size_t block_size = cms_class_sizes[descriptor_class(descriptor)];
    const size_t value_offset = KEY_OFFSET + size + 1;
    if (CMS_RARELY(descriptor >> 40 != PLAIN_TEXT(size) || (stamp & 1) != 0 || stamp_revision(stamp) > revision
            || value_offset > block_size || (size_t)(block - file->base) + block_size > file->limit
            || !equals_key(block + KEY_OFFSET, key, size))) {
        return false;
    }

    const size_t value_size = (size_t)load_bytes(block, value_offset - 1, 1);
    head->stamp = stamp;
    head->value_offset = value_offset;
    head->value_size = value_size;
    return value_size < 0x80 && value_offset + value_size <= block_size;
}

/* The hash of the key has been made already. */
CMS_INLINE enum head_result find_hashed_head(const struct file *file, const unsigned char *key, size_t size, uint64_t hash, uint64_t revision, struct head *head)
{
    const unsigned char *bucket = bucket_at(file, home_of(file, hash));
    uint64_t reference = match_reference(bucket, (uint32_t)(hash >> 32));
    for (unsigned probe = 1; CMS_RARELY(reference == 0); probe++) {
        if ((load_word(bucket + BUCKET_WORD_OFFSET) & PASSED_MASK) == 0) {
            return load_header(file, OLDEST_OFFSET) <= revision ? HEAD_MISSING : HEAD_UNSURE;
        }

        if (probe == MOST_PROBES) {
            return HEAD_UNSURE;
        }

        bucket = bucket + BUCKET_SIZE == file->index_end ? file->index : bucket + BUCKET_SIZE;
        reference = match_reference(bucket, (uint32_t)(hash >> 32));
    }

    const uint64_t offset = reference * WORD_SIZE;
    head->block = file->base + offset;
    return !CMS_RARELY(offset < file->arena || offset + SMALLEST_BLOCK > file->limit)
            && take_head(file, key, size, revision, head)
        ? HEAD_FOUND
        : HEAD_UNSURE;
}

CMS_INLINE enum head_result find_head(const struct file *file, const unsigned char *key, size_t size, struct head *head)
{
    const uint64_t revision = load_header(file, VISIBLE_OFFSET);
    if (CMS_RARELY(size - 1 >= CMS_KEY_SIZE)) {
        return HEAD_UNSURE;
    }

    return find_hashed_head(file, key, size, hash_bytes(key, size, file->seed, file->second_seed), revision, head);
}

/*
 * Copies the value of a head, which fits; counts when the head is confirmed. A short one is copied without regard to
 * its size, which need not have arrived from memory for that; what is behind it is garbage.
 */
CMS_INLINE void copy_value(const struct file *file, const struct head *head, unsigned char *to, size_t room)
{
    const unsigned char *from = head->block + head->value_offset;
    if (__builtin_expect(head->value_size <= 16 && room >= 16 && (size_t)(from - file->base) + 16 <= file->limit, 1)) {
        store_word(to, load_loose(from));
        store_word(to + 8, load_loose(from + 8));
        return;
    }

    copy_out(to, room, head->block, head->value_offset, head->value_size);
}

/* The value of a head that fits; counts when the head is confirmed. */
CMS_INLINE void take_plain_text(const struct file *file, const struct head *head, unsigned char *buffer, size_t capacity, cms_value *value)
{
    copy_value(file, head, buffer, capacity);
    *value = (cms_value){.size = head->value_size, .count = 1, .revision = stamp_revision(head->stamp)};
}

/* To be asked when everything was read: whether it counts, and the file is the module's. */
CMS_INLINE bool confirm_head(const struct file *file, const struct head *head)
{
    return reload_word(head->block) == head->stamp && is_live(file);
}

#endif
