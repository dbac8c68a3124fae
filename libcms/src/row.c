/*
 * Rows. What a row's bytes say was checked when it was found; the checks that keep a read within the block are made
 * again for each cell, since the memory may have been used again, which the stamp shows only afterwards.
 */
#include "table.h"

/* An int of 1, 2, 4 or 8 bytes as 64 bits. */
static int64_t widen(uint64_t bits, size_t size)
{
    const unsigned unused = (unsigned)(64 - 8 * size);
    return (int64_t)(bits << unused) >> unused;
}

bool cms_is_table_value(const cms_table *table, size_t column, const unsigned char *bytes, size_t size)
{
    int64_t number;
    switch (column_type(table, column)) {
    case CMS_TYPE_STRING:
        return size <= table->private_sizes[column];
    case CMS_TYPE_BOOL:
        return size == 1 && bytes[0] <= 1;
    case CMS_TYPE_INT:
        if (size != sizeof number) {
            return false;
        }

        memcpy(&number, bytes, sizeof number);
        return widen((uint64_t)number, table->private_sizes[column]) == number;
    case CMS_TYPE_FLOAT:
    default:
        return false;
    }
}

static unsigned end_of_string(const unsigned char *content, size_t place)
{
    return (unsigned)load_bytes(content, place, STRING_END_SIZE);
}

/* Bytes of a row's columns other than the key, of which at most room are there; false when they are no such columns. */
static bool measure_content(const cms_table *table, const unsigned char *content, size_t room, size_t *size)
{
    unsigned end = 0;
    if (table->private_fixed_size > room) {
        return false;
    }

    for (size_t column = 0; column < table->column_count; column++) {
        const size_t place = table->private_places[column];
        if (column == table->primary_key) {
            continue;
        }

        if (column_type(table, column) == CMS_TYPE_STRING) {
            const unsigned next = end_of_string(content, place);
            if (next < end || next - end > table->private_sizes[column]) {
                return false;
            }

            end = next;
        } else if (column_type(table, column) == CMS_TYPE_BOOL && load_bytes(content, place, 1) > 1) {
            return false;
        }
    }

    *size = table->private_fixed_size + end;
    return *size <= room;
}

cms_status cms_extract_row(const struct found *found, void *context)
{
    const struct row_request *request = context;
    const cms_table *table = request->table;
    unsigned char key[ID_SIZE + MOST_TABLE_KEY + WORD_SIZE];
    const size_t key_size = descriptor_count(found->descriptor);
    uint64_t word;
    size_t content_size;
    const cms_status status = check_table_entry(found, TABLES_ROW);
    if (status != CMS_OK) {
        return status;
    }

    if (key_size > ID_SIZE + MOST_TABLE_KEY) {
        return CMS_CORRUPT;
    }

    copy_out(key, sizeof key, found->block, KEY_OFFSET, key_size);
    memcpy(&word, key, sizeof word);
    if (word != (table->private_id | UINT64_C(255) << 56) || !cms_is_table_value(table, table->primary_key, key + ID_SIZE, key_size - ID_SIZE)
        || !measure_content(table, found->block + KEY_OFFSET + key_size, found->size - KEY_OFFSET - key_size, &content_size)) {
        return CMS_CORRUPT;
    }

    *request->row = (cms_row){
        .revision = stamp_revision(found->stamp),
        .private_table = table,
        .private_block = (uint64_t)(found->block - table->private_snapshot.private_module->file.base),
        .private_stamp = found->stamp,
        .private_key_size = (uint32_t)key_size,
        .private_content_size = (uint32_t)content_size,
    };
    return CMS_OK;
}

static cms_status find_row(const cms_table *table, const void *bytes, size_t size, cms_row *row)
{
    struct table_key key;
    struct row_request request = {.table = table, .row = row};
    if (!cms_is_table_value(table, table->primary_key, bytes, size) || !make_table_key(&key, table->private_id, 0, bytes, size)) {
        return CMS_NOT_FOUND;
    }

    return find_in_snapshot(&table->private_snapshot, key.bytes, key.size, cms_extract_row, &request);
}

cms_status cms_table_find_bytes(const cms_table *table, const void *key, size_t key_size, cms_row *row)
{
    return column_type(table, table->primary_key) == CMS_TYPE_STRING ? find_row(table, key, key_size, row) : CMS_WRONG_TYPE;
}

cms_status cms_table_find_string(const cms_table *table, const char *key, cms_row *row)
{
    return cms_table_find_bytes(table, key, strlen(key), row);
}

cms_status cms_table_find_int(const cms_table *table, int64_t key, cms_row *row)
{
    return column_type(table, table->primary_key) == CMS_TYPE_INT ? find_row(table, &key, sizeof key, row) : CMS_WRONG_TYPE;
}

/* Where the value of a column is in a row's block; false when it does not lie in the row. */
static bool place_cell(const cms_row *row, const unsigned char *block, size_t column, size_t *offset, size_t *size)
{
    const cms_table *table = row->private_table;
    const size_t content = KEY_OFFSET + row->private_key_size;
    if (column == table->primary_key) {
        *offset = KEY_OFFSET + ID_SIZE;
        *size = row->private_key_size - ID_SIZE;
        return true;
    }

    *offset = content + table->private_places[column];
    *size = table->private_sizes[column];
    if (column_type(table, column) != CMS_TYPE_STRING) {
        return true;
    }

    unsigned start = 0;
    for (size_t before = column; before-- > 0;) {
        if (before != table->primary_key && column_type(table, before) == CMS_TYPE_STRING) {
            start = end_of_string(block, content + table->private_places[before]);
            break;
        }
    }

    const unsigned end = end_of_string(block, *offset);
    *offset = content + table->private_fixed_size + start;
    *size = end - start;
    return start <= end && table->private_fixed_size + end <= row->private_content_size;
}

/* Reads a cell, which counts when the stamp is still the row's. */
static cms_status read_cell(const cms_row *row, const unsigned char *block, size_t column, void *buffer, size_t capacity, cms_value *value)
{
    size_t offset;
    size_t size;
    value->type = column_type(row->private_table, column);
    value->count = 1;
    if (!place_cell(row, block, column, &offset, &size)) {
        return CMS_CORRUPT;
    }

    if (value->type == CMS_TYPE_STRING) {
        value->size = size;
        if (size > capacity) {
            return CMS_BUFFER_TOO_SMALL;
        }

        copy_out(buffer, capacity, block, offset, size);
        return CMS_OK;
    }

    const uint64_t bits = load_bytes(block, offset, size);
    if (value->type == CMS_TYPE_BOOL) {
        value->as_bool = bits == 1;
        return bits <= 1 ? CMS_OK : CMS_CORRUPT;
    }

    value->as_int = widen(bits, size);
    return CMS_OK;
}

cms_status cms_row_find(const cms_row *row, size_t column, void *buffer, size_t capacity, cms_value *value)
{
    const cms_table *table = row->private_table;
    const cms_module *module = table->private_snapshot.private_module;
    *value = (cms_value){.revision = row->revision};
    if (column >= table->column_count) {
        return CMS_INVALID_ARGUMENT;
    }

    if (table->private_snapshot.private_generation != module->generation) {
        return CMS_TOO_OLD;
    }

    const unsigned char *block = module->file.base + row->private_block;
    const cms_status status = read_cell(row, block, column, buffer, capacity, value);
    return reload_word(block) == row->private_stamp ? status : CMS_TOO_OLD;
}

/* The same for one type. */
static cms_status find_typed(const cms_row *row, size_t column, cms_type type, void *buffer, size_t capacity, cms_value *value)
{
    const cms_table *table = row->private_table;
    return column < table->column_count && column_type(table, column) != type ? CMS_WRONG_TYPE : cms_row_find(row, column, buffer, capacity, value);
}

cms_status cms_row_get_string(const cms_row *row, size_t column, char *buffer, size_t capacity, size_t *length)
{
    cms_value value;
    cms_status status = find_typed(row, column, CMS_TYPE_STRING, buffer, capacity, &value);
    if (status == CMS_OK && value.size == capacity) {
        status = CMS_BUFFER_TOO_SMALL;
    }

    if (status == CMS_OK) {
        buffer[value.size] = '\0';
    }

    if (length != NULL && (status == CMS_OK || status == CMS_BUFFER_TOO_SMALL)) {
        *length = value.size;
    }

    return status;
}

#define DEFINE(name, TYPE, type)                                                                                     \
    cms_status cms_row_get_##name(const cms_row *row, size_t column, type *value)                                    \
    {                                                                                                                \
        cms_value found;                                                                                             \
        const cms_status status = find_typed(row, column, CMS_TYPE_##TYPE, NULL, 0, &found);                         \
        if (status == CMS_OK) {                                                                                      \
            *value = found.as_##name;                                                                                \
        }                                                                                                            \
                                                                                                                     \
        return status;                                                                                               \
    }

DEFINE(int, INT, int64_t)
DEFINE(float, FLOAT, double)
DEFINE(bool, BOOL, bool)
#undef DEFINE
