/* The members of a list, which are slots, and the entries that a snapshot finds. */
#ifndef CMS_LIST_H
#define CMS_LIST_H

#include "entry.h"

/*
 * Begins a list of the cursor's snapshot: finds out whether its first block is its only leaf or a root. The other parts
 * of the cursor stay as they are.
 */
cms_status cms_list_begin(cms_cursor *cursor, uint32_t reference, uint64_t count);

/* The slot of the member that is next; the cursor stays on it. */
cms_status cms_list_peek(cms_cursor *cursor, uint32_t *slot);

CMS_INLINE void cms_list_pass(cms_cursor *cursor)
{
    cursor->private_position++;
    cursor->private_member++;
}

/* A member that is missing at its revision is damage. */
CMS_INLINE cms_status member_status(cms_status status)
{
    return status == CMS_NOT_FOUND ? CMS_CORRUPT : status;
}

CMS_INLINE cms_status find_in_snapshot(const cms_snapshot *snapshot, const void *bytes, size_t size, extractor extract, void *context)
{
    cms_module *module = snapshot->private_module;
    struct key key;
    if (snapshot->private_generation != module->generation) {
        return CMS_TOO_OLD;
    }

    return prepare_key(&module->file, bytes, size, &key) ? find_at(&module->file, &key, snapshot->revision, extract, context) : CMS_NOT_FOUND;
}

#endif
