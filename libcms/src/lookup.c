#include "lookup.h"

/* Takes the next older version. False when it is not one, which a rewrite of the newer one may look like. */
static bool step_back(struct file *file, struct found *found)
{
    const uint64_t offset = (found->descriptor & UINT32_MAX) * WORD_SIZE;
    const uint64_t newer = stamp_revision(found->stamp);
    if (!is_in_arena(file, offset, SMALLEST_BLOCK)) {
        return false;
    }

    found->block = file->base + offset;
    found->stamp = load_word(found->block);
    found->descriptor = load_word(found->block + DESCRIPTOR_OFFSET);
    return (found->stamp & 1) == 0 && stamp_revision(found->stamp) < newer;
}

/* A chain without the key or without a version at the revision: right when the way there still leads there. */
static enum step confirm_absence(const struct file *file, const struct found *found, uint64_t revision)
{
    return load_word(found->slot) == found->slot_word && load_word(found->head) == found->head_stamp
            && load_header(file, OLDEST_OFFSET) <= revision
        ? STEP_NOT_THIS
        : STEP_DISTURBED;
}

enum step cms_walk_back(struct file *file, const struct key *key, uint64_t revision, struct found *found)
{
    for (unsigned link = 0; link < MOST_LINKS; link++) {
        if (load_word(found->block) != found->stamp) {
            return STEP_DISTURBED;
        }

        if ((uint32_t)found->descriptor == 0) {
            return confirm_absence(file, found, revision);
        }

        if (!step_back(file, found)) {
            return STEP_DISTURBED;
        }

        if (stamp_revision(found->stamp) > revision) {
            continue;
        }

        if (!measure(file, found)) {
            return STEP_DISTURBED;
        }

        if (key == NULL || (descriptor_count(found->descriptor) == key->size && equals_key(found->block + KEY_OFFSET, key->bytes, key->size))) {
            return STEP_FOUND;
        }

        return reload_word(found->block) == found->stamp ? confirm_absence(file, found, revision) : STEP_DISTURBED;
    }

    return STEP_DISTURBED;
}

enum step cms_probe_behind(struct file *file, const struct key *key, uint64_t bucket, uint64_t revision, struct found *found)
{
    for (unsigned probe = 1; probe < MOST_PROBES; probe++) {
        bucket = bucket + 1 == file->bucket_count ? 0 : bucket + 1;
        const unsigned char *place = bucket_at(file, bucket);
        const enum step step = probe_bucket(file, place, key, revision, found);
        if (step != STEP_NOT_THIS || (load_word(place + BUCKET_WORD_OFFSET) & PASSED_MASK) == 0) {
            return step;
        }
    }

    return STEP_NOT_THIS;
}
