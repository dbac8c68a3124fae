/* One change of a commit, taken from JSON. */
#ifndef CMS_CHANGE_H
#define CMS_CHANGE_H

#include "json_read.h"

/* Where the parts of a change are that have no place in the reply. */
struct change_memory {
    char key[CMS_KEY_SIZE + 1];
    char section[CMS_NAME_SIZE + 1]; /* a name that was looked up */
    struct buffer list;
    cms_cell cells[CMS_MOST_COLUMNS];
};

/* Takes a change but for revision, is_last and key; false when it is none. */
bool cms_take_change(struct json *json, locale_t locale, struct change_memory *memory, cms_change *change);

/* Makes the key; false when it has no room. */
bool cms_make_change_key(struct change_memory *memory, cms_change *change);

#endif
