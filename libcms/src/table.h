/* What reading tables has in common: section 5.1 of the format. */
#ifndef CMS_TABLE_H
#define CMS_TABLE_H

#include "list.h"

/* A key of an entry of tables. */
struct table_key {
    size_t size;
    unsigned char bytes[ID_SIZE + MOST_TABLE_KEY];
};

/* number: 0 for a row, else the place of the column plus 1. False when the rest is too long. */
CMS_INLINE bool make_table_key(struct table_key *key, uint64_t table, uint64_t number, const void *rest, size_t rest_size)
{
    const uint64_t word = table | number << 40 | UINT64_C(255) << 56;
    if (rest_size > MOST_TABLE_KEY) {
        return false;
    }

    memcpy(key->bytes, &word, sizeof word);
    if (rest_size > 0) {
        memcpy(key->bytes + ID_SIZE, rest, rest_size);
    }

    key->size = ID_SIZE + rest_size;
    return true;
}

/* CMS_OK when an entry is of this kind; CMS_NOT_FOUND when it is deleted; else it is none that its key leads to. */
CMS_INLINE cms_status check_table_entry(const struct found *found, unsigned kind)
{
    return descriptor_is_deleted(found->descriptor)                                                      ? CMS_NOT_FOUND
        : descriptor_kind(found->descriptor) == KIND_TABLES && descriptor_type(found->descriptor) == kind
            && descriptor_count(found->descriptor) >= ID_SIZE                                            ? CMS_OK
                                                                                                         : CMS_CORRUPT;
}

/* The first word behind the key, but for rows; false when the block does not have so many bytes from there. */
CMS_INLINE bool find_body(const struct found *found, size_t size, size_t *offset)
{
    *offset = KEY_OFFSET + (descriptor_count(found->descriptor) + WORD_SIZE - 1) / WORD_SIZE * WORD_SIZE;
    return *offset <= found->size && size <= found->size - *offset;
}

CMS_INLINE cms_type column_type(const cms_table *table, size_t column)
{
    return (cms_type)(table->private_types[column] & 0x0F);
}

CMS_INLINE cms_index column_index(const cms_table *table, size_t column)
{
    return column == table->primary_key ? CMS_INDEX_PRIMARY : (cms_index)(table->private_types[column] >> 4);
}

/* A row asked for, which is checked against its table. */
struct row_request {
    const cms_table *table;
    cms_row *row;
};

/* An extractor; its context is a row_request. */
cms_status cms_extract_row(const struct found *found, void *context);

/* Whether these bytes are a value of a column as keys hold it. */
bool cms_is_table_value(const cms_table *table, size_t column, const unsigned char *bytes, size_t size);

#endif
