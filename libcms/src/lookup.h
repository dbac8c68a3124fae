/*
 * Finding an entry as of a revision: section 7 of the format.
 *
 * Invariants:
 * - Entries are read where they lie. What was read of a block counts only after confirm has seen the same even stamp
 *   that was seen before: then no word of it came from a rewrite.
 * - Whatever was reached through a newer version, and every miss, counts only when slot, head and the oldest kept
 *   revision still allow it.
 * - Every reference and every size is checked before it is followed; every loop has a bound.
 */
#ifndef CMS_LOOKUP_H
#define CMS_LOOKUP_H

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "key.h"
#include "segment.h"

enum step {
    STEP_FOUND,
    STEP_NOT_THIS,
    STEP_DISTURBED,
};

/* A version of an entry, to be read in place and then confirmed. */
struct found {
    const unsigned char *block;
    uint64_t stamp;
    uint64_t descriptor;
    uint64_t size;
    /* Where it was found; the head is the block itself unless newer versions lie before it. */
    const unsigned char *slot;
    uint64_t slot_word;
    const unsigned char *head;
    uint64_t head_stamp;
};

CMS_INLINE bool prepare_key(const struct file *file, const void *bytes, size_t size, struct key *key)
{
    if (CMS_RARELY(size == 0 || size > CMS_KEY_SIZE)) {
        return false;
    }

    key->bytes = bytes;
    key->size = size;
    key->hash = hash_bytes(bytes, size, file->seed, file->second_seed);
    return true;
}

CMS_INLINE uint64_t home_of(const struct file *file, uint64_t hash)
{
    return ((hash & UINT32_MAX) * file->bucket_count) >> 32;
}

CMS_INLINE const unsigned char *bucket_at(const struct file *file, uint64_t bucket)
{
    return file->index + bucket * BUCKET_SIZE;
}

/* Whether the block has the size of a class, lies in the arena, and holds a key of the size that it says. */
CMS_INLINE bool measure(struct file *file, struct found *found)
{
    found->size = cms_class_sizes[descriptor_class(found->descriptor)];
    return found->size != 0 && is_in_arena(file, (uint64_t)(found->block - file->base), found->size)
        && descriptor_count(found->descriptor) <= found->size - KEY_OFFSET;
}

/*
 * Whether what was read since the step that found it is the version at a revision. Loads in the order of the format:
 * the block's stamp; and for what lies behind a newer version the slot, the head's stamp, the oldest revision.
 */
CMS_INLINE bool confirm(const struct file *file, const struct found *found, uint64_t revision)
{
    if (reload_word(found->block) != found->stamp) {
        return false;
    }

    return found->block == found->head
        || (load_word(found->slot) == found->slot_word && load_word(found->head) == found->head_stamp
            && load_header(file, OLDEST_OFFSET) <= revision);
}

/* The walk from a head that is newer than the revision. key is NULL when any will do. */
enum step cms_walk_back(struct file *file, const struct key *key, uint64_t revision, struct found *found);

/* Goes from a slot to the version at a revision. key is NULL when any will do. */
CMS_INLINE enum step read_chain(struct file *file, const unsigned char *slot, const struct key *key, uint64_t revision, struct found *found)
{
    const uint64_t word = load_word(slot);
    /* Cleared or filled anew since its tag was seen: the slot is without the key, which is all that a miss needs. */
    if (CMS_RARELY(word == 0 || (key != NULL && word >> 32 != key->hash >> 32))) {
        return STEP_NOT_THIS;
    }

    const uint64_t offset = (word & UINT32_MAX) * WORD_SIZE;
    if (CMS_RARELY(!is_in_arena(file, offset, SMALLEST_BLOCK))) {
        return STEP_DISTURBED;
    }

    found->slot = slot;
    found->slot_word = word;
    found->block = found->head = file->base + offset;
    found->stamp = found->head_stamp = load_word(found->block);
    found->descriptor = load_word(found->block + DESCRIPTOR_OFFSET);
    if (CMS_RARELY(found->stamp & 1)) {
        return STEP_DISTURBED;
    }

    if (CMS_RARELY(stamp_revision(found->stamp) > revision)) {
        return cms_walk_back(file, key, revision, found);
    }

    if (CMS_RARELY(!measure(file, found))) {
        return STEP_DISTURBED;
    }

    if (key != NULL && CMS_RARELY(descriptor_count(found->descriptor) != key->size || !equals_key(found->block + KEY_OFFSET, key->bytes, key->size))) {
        return reload_word(found->block) == found->stamp ? STEP_NOT_THIS : STEP_DISTURBED;
    }

    return STEP_FOUND;
}

/* Which of the seven slots of a bucket have a tag, as bits; without a branch, since nobody can foretell them. */
CMS_INLINE unsigned match_tags(const unsigned char *bucket, uint32_t tag)
{
#if defined(__SSE2__)
    BEFORE_LOAD();
    /*
     * Each tag lies in an aligned half of a word, which every load of 16 bytes reads as a whole; the slot itself is
     * loaded again as a word. The fence, which is no instruction here, keeps these loads in front of all later ones.
     */
    const __m128 *pairs = (const __m128 *)(const void *)bucket;
    const __m128i wanted = _mm_set1_epi32((int)tag);
    const __m128i low = _mm_castps_si128(_mm_shuffle_ps(pairs[0], pairs[1], _MM_SHUFFLE(3, 1, 3, 1)));
    const __m128i high = _mm_castps_si128(_mm_shuffle_ps(pairs[2], pairs[3], _MM_SHUFFLE(3, 1, 3, 1)));
    atomic_thread_fence(memory_order_acquire);
    const __m128i equal = _mm_packs_epi32(_mm_cmpeq_epi32(low, wanted), _mm_cmpeq_epi32(high, wanted));
    return (unsigned)_mm_movemask_epi8(_mm_packs_epi16(equal, equal)) & ((1u << SLOTS_IN_BUCKET) - 1);
#else
    unsigned hits = 0;
    for (unsigned slot = 0; slot < SLOTS_IN_BUCKET; slot++) {
        hits |= (unsigned)((uint32_t)(load_word(bucket + slot * WORD_SIZE) >> 32) == tag) << slot;
    }

    return hits;
#endif
}

/*
 * The reference in the slot of a bucket that has a tag; 0 when there is none. When there are several the answer is
 * nobody's, as it may be when the slot is being stored: the caller compares the key and leaves what fails to the search
 * by words. This is shorter than finding the slot and then loading it.
 */
CMS_INLINE uint32_t match_reference(const unsigned char *bucket, uint32_t tag)
{
#if defined(__SSE2__)
    BEFORE_LOAD();
    const __m128 *pairs = (const __m128 *)(const void *)bucket;
    const __m128i wanted = _mm_set1_epi32((int)tag);
    const __m128 first = pairs[0];
    const __m128 second = pairs[1];
    const __m128 third = pairs[2];
    /* The last word is not a slot; the one before it takes its place. */
    const __m128 fourth = _mm_castsi128_ps(_mm_loadl_epi64((const __m128i *)(const void *)(bucket + 6 * WORD_SIZE)));
    atomic_thread_fence(memory_order_acquire);
    const __m128i low = _mm_castps_si128(_mm_shuffle_ps(first, second, _MM_SHUFFLE(3, 1, 3, 1)));
    const __m128i high = _mm_castps_si128(_mm_shuffle_ps(third, fourth, _MM_SHUFFLE(1, 1, 3, 1)));
    const __m128i low_references = _mm_castps_si128(_mm_shuffle_ps(first, second, _MM_SHUFFLE(2, 0, 2, 0)));
    const __m128i high_references = _mm_castps_si128(_mm_shuffle_ps(third, fourth, _MM_SHUFFLE(0, 0, 2, 0)));
    __m128i found = _mm_or_si128(_mm_and_si128(_mm_cmpeq_epi32(low, wanted), low_references), _mm_and_si128(_mm_cmpeq_epi32(high, wanted), high_references));
    found = _mm_or_si128(found, _mm_shuffle_epi32(found, _MM_SHUFFLE(1, 0, 3, 2)));
    found = _mm_or_si128(found, _mm_shuffle_epi32(found, _MM_SHUFFLE(2, 3, 0, 1)));
    return (uint32_t)_mm_cvtsi128_si32(found);
#else
    const unsigned hits = match_tags(bucket, tag);
    return hits == 0 ? 0 : (uint32_t)load_word(bucket + (unsigned)__builtin_ctz(hits) * WORD_SIZE);
#endif
}

/* The search behind the home bucket. */
enum step cms_probe_behind(struct file *file, const struct key *key, uint64_t bucket, uint64_t revision, struct found *found);

/* Looks at the slots of one bucket. STEP_NOT_THIS: the key is in none of them. */
CMS_INLINE enum step probe_bucket(struct file *file, const unsigned char *bucket, const struct key *key, uint64_t revision, struct found *found)
{
    unsigned hits = match_tags(bucket, (uint32_t)(key->hash >> 32));
    for (; hits != 0; hits &= hits - 1) {
        const enum step step = read_chain(file, bucket + (unsigned)__builtin_ctz(hits) * WORD_SIZE, key, revision, found);
        if (step != STEP_NOT_THIS) {
            return step;
        }
    }

    return STEP_NOT_THIS;
}

/* Looks a key up once. The caller confirms what is found, and a miss by the oldest kept revision. */
CMS_INLINE enum step probe(struct file *file, const struct key *key, uint64_t revision, struct found *found)
{
    const uint64_t home = home_of(file, key->hash);
    const unsigned char *bucket = bucket_at(file, home);
    const enum step step = probe_bucket(file, bucket, key, revision, found);
    if (step != STEP_NOT_THIS || (load_word(bucket + BUCKET_WORD_OFFSET) & PASSED_MASK) == 0) {
        return step;
    }

    return cms_probe_behind(file, key, home, revision, found);
}

/*
 * What is done with an entry that was found, which may be a deleted one; it reads in place, and runs again when the
 * block was disturbed.
 */
typedef cms_status (*extractor)(const struct found *found, void *context);

/*
 * Looks an entry up at one revision. CMS_NOT_FOUND: there is none, and context is as it was or holds garbage.
 * Always inlined, so that what is done with the entry is compiled into the search.
 */
CMS_INLINE cms_status find_at(struct file *file, const struct key *key, uint64_t revision, extractor extract, void *context)
{
    for (unsigned attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        struct found found;
        const enum step step = probe(file, key, revision, &found);
        if (step == STEP_FOUND) {
            const cms_status status = extract(&found, context);
            if (!CMS_RARELY(!confirm(file, &found, revision))) {
                return status;
            }
        }

        if (load_header(file, OLDEST_OFFSET) > revision) {
            return CMS_TOO_OLD;
        }

        if (step == STEP_NOT_THIS) {
            return CMS_NOT_FOUND;
        }
    }

    return CMS_CORRUPT;
}

/* Looks the newest version up that can be seen, following the module to another file. */
CMS_INLINE cms_status find_newest(struct cms_module *module, const void *bytes, size_t size, extractor extract, void *context)
{
    struct key key;
    for (unsigned attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        if (!prepare_key(&module->file, bytes, size, &key)) {
            return CMS_NOT_FOUND;
        }

        const cms_status status = find_at(&module->file, &key, load_header(&module->file, VISIBLE_OFFSET), extract, context);
        if (CMS_RARELY(!is_live(&module->file))) {
            const cms_status followed = cms_module_follow(module);
            if (followed == CMS_OK) {
                continue;
            }

            if (followed != CMS_END) {
                return followed;
            }
        }

        if (status != CMS_TOO_OLD) {
            return status;
        }
    }

    return CMS_CORRUPT;
}

/* Reads the entry in a slot, whatever its key. CMS_NOT_FOUND: there is none at this revision. */
CMS_INLINE cms_status find_in_slot(struct file *file, uint32_t number, uint64_t revision, extractor extract, void *context)
{
    if (number >= file->bucket_count * SLOTS_IN_BUCKET) {
        return CMS_CORRUPT;
    }

    const unsigned char *slot = bucket_at(file, number / SLOTS_IN_BUCKET) + number % SLOTS_IN_BUCKET * WORD_SIZE;
    for (unsigned attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        struct found found;
        cms_status status = CMS_NOT_FOUND;
        enum step step = read_chain(file, slot, NULL, revision, &found);
        if (step == STEP_FOUND) {
            status = extract(&found, context);
            step = confirm(file, &found, revision) ? STEP_FOUND : STEP_DISTURBED;
        }

        if (load_header(file, OLDEST_OFFSET) > revision) {
            return CMS_TOO_OLD;
        }

        if (step != STEP_DISTURBED) {
            return status;
        }
    }

    return CMS_CORRUPT;
}

#endif
