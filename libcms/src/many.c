/*
 * Many lookups at once. One lookup waits for memory twice, for the bucket and then for the entry; here the processor is
 * asked for the buckets of a whole group of keys before the first one is looked at, and then for all their entries.
 */
#include "head.h"
#include "value.h"

enum { GROUP = 16 };

/* Asks for the lines of the entry that the home bucket leads to, if any. */
static void fetch_entry(const struct file *file, const struct key *key)
{
    const unsigned char *bucket = bucket_at(file, home_of(file, key->hash));
    const unsigned hits = match_tags(bucket, (uint32_t)(key->hash >> 32));
    if (hits != 0) {
        /* A prefetch of a wrong address does nothing, so this one needs no check. */
        const uint64_t word = load_word(bucket + (unsigned)__builtin_ctz(hits) * WORD_SIZE);
        const uintptr_t entry = (uintptr_t)file->base + (word & UINT32_MAX) * WORD_SIZE;
        __builtin_prefetch((const void *)entry);
        __builtin_prefetch((const void *)(entry + LINE_SIZE));
    }
}

/* False when the long way is to be taken. The mark is looked at when all are done. */
static bool find_quickly(const struct file *file, const struct key *key, uint64_t revision, cms_query *query)
{
    struct head head;
    const enum head_result result = find_hashed_head(file, key->bytes, key->size, key->hash, revision, &head);
    if (result == HEAD_FOUND && head.value_size <= query->capacity) {
        take_plain_text(file, &head, query->buffer, query->capacity, &query->value);
        query->status = CMS_OK;
        return reload_word(head.block) == head.stamp;
    }

    query->status = CMS_NOT_FOUND;
    return result == HEAD_MISSING;
}

static cms_status find_group(struct file *file, uint64_t revision, cms_query *queries, size_t count)
{
    struct key keys[GROUP];
    bool is_key[GROUP];
    for (size_t index = 0; index < count; index++) {
        is_key[index] = prepare_key(file, queries[index].key, queries[index].key_size, &keys[index]);
        if (is_key[index]) {
            __builtin_prefetch(bucket_at(file, home_of(file, keys[index].hash)));
        }
    }

    for (size_t index = 0; index < count; index++) {
        if (is_key[index]) {
            fetch_entry(file, &keys[index]);
        }
    }

    for (size_t index = 0; index < count; index++) {
        cms_query *query = &queries[index];
        if (is_key[index] && find_quickly(file, &keys[index], revision, query)) {
            continue;
        }

        struct value_request request = {0};
        request.buffer = query->buffer;
        request.capacity = query->capacity;
        query->status = is_key[index] ? find_at(file, &keys[index], revision, extract_value, &request) : CMS_NOT_FOUND;
        if (query->status == CMS_TOO_OLD) {
            return CMS_TOO_OLD;
        }

        query->value = request.value;
    }

    return CMS_OK;
}

cms_status cms_find_many(cms_module *module, cms_query *queries, size_t count, uint64_t *revision)
{
    for (unsigned attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        const uint64_t visible = load_header(&module->file, VISIBLE_OFFSET);
        cms_status status = CMS_OK;
        for (size_t start = 0; start < count && status == CMS_OK; start += GROUP) {
            const size_t left = count - start;
            status = find_group(&module->file, visible, queries + start, left < GROUP ? left : GROUP);
        }

        if (!is_live(&module->file)) {
            const cms_status followed = cms_module_follow(module);
            if (followed == CMS_OK) {
                continue;
            }

            if (followed != CMS_END) {
                return followed;
            }
        }

        if (status == CMS_OK) {
            if (revision != NULL) {
                *revision = visible;
            }

            return CMS_OK;
        }
    }

    return CMS_CORRUPT;
}
