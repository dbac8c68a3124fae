/* Going through rows: all of a table, or those that an index leads to. */
#include "table.h"

static cms_status begin_rows(const cms_table *table, uint64_t list, bool is_single, cms_rows *rows)
{
    *rows = (cms_rows){
        .count = list >> 32,
        .private_table = table,
        .private_slot = (uint32_t)list,
        .private_is_single = is_single,
        .private_cursor = {.private_snapshot = table->private_snapshot, .private_count = is_single},
    };
    return is_single ? CMS_OK : cms_list_begin(&rows->private_cursor, (uint32_t)list, list >> 32);
}

cms_status cms_table_begin(const cms_table *table, cms_rows *rows)
{
    return begin_rows(table, (uint64_t)table->row_count << 32 | table->private_list, false, rows);
}

/* The list word of an entry, and the slot that leads to the entry. */
struct list_request {
    unsigned kind;
    uint64_t list;
};

static cms_status extract_list(const struct found *found, void *context)
{
    struct list_request *request = context;
    size_t body;
    const cms_status status = check_table_entry(found, request->kind);
    if (status != CMS_OK || !find_body(found, WORD_SIZE, &body)) {
        return status == CMS_OK ? CMS_CORRUPT : status;
    }

    request->list = load_loose(found->block + body);
    return request->list >> 32 == 0 ? CMS_CORRUPT : CMS_OK;
}

/* The slot of an entry that was found by its key, as a list of one. */
struct slot_request {
    const struct file *file;
    uint64_t list;
};

static cms_status extract_slot(const struct found *found, void *context)
{
    struct slot_request *request = context;
    const size_t offset = (size_t)(found->slot - request->file->index);
    const cms_status status = check_table_entry(found, TABLES_ROW);
    request->list = UINT64_C(1) << 32 | (offset / BUCKET_SIZE * SLOTS_IN_BUCKET + offset % BUCKET_SIZE / WORD_SIZE);
    return status;
}

/* Looks the list of rows up; CMS_NOT_FOUND when no row holds the value. */
static cms_status look_up(const cms_table *table, size_t column, const struct table_key *key, uint64_t *list)
{
    struct list_request values = {.kind = TABLES_VALUE};
    struct slot_request row = {.file = &table->private_snapshot.private_module->file};
    const bool is_primary = column == table->primary_key;
    const cms_status status = find_in_snapshot(
        &table->private_snapshot, key->bytes, key->size, is_primary ? extract_slot : extract_list, is_primary ? (void *)&row : &values);
    *list = is_primary ? row.list : values.list;
    return status;
}

/* The value of a cell as keys hold it. */
static const void *key_bytes(const cms_cell *cell, unsigned char *flag, size_t *size)
{
    switch (cell->value.type) {
    case CMS_TYPE_STRING:
        *size = cell->value.size;
        return cell->bytes;
    case CMS_TYPE_BOOL:
        *size = sizeof *flag;
        *flag = cell->value.as_bool;
        return flag;
    case CMS_TYPE_INT:
    case CMS_TYPE_FLOAT:
    default:
        *size = sizeof cell->value.as_int;
        return &cell->value.as_int;
    }
}

cms_status cms_table_find(const cms_table *table, const cms_cell *cell, cms_rows *rows)
{
    struct table_key key;
    unsigned char flag;
    size_t column;
    size_t size;
    uint64_t list;
    cms_status status = cms_table_find_column(table, cell->column, &column);
    if (status != CMS_OK) {
        return status;
    }

    if (column_index(table, column) == CMS_INDEX_NONE) {
        return CMS_INVALID_ARGUMENT;
    }

    if (cell->value.is_list || column_type(table, column) != cell->value.type) {
        return CMS_WRONG_TYPE;
    }

    (void)begin_rows(table, 0, false, rows);
    const void *bytes = key_bytes(cell, &flag, &size);
    const uint64_t number = column == table->primary_key ? 0 : column + 1;
    if (!cms_is_table_value(table, column, bytes, size) || !make_table_key(&key, table->private_id, number, bytes, size)) {
        return CMS_OK;
    }

    status = look_up(table, column, &key, &list);
    return status == CMS_OK        ? begin_rows(table, list, list >> 32 == 1, rows)
        : status == CMS_NOT_FOUND ? CMS_OK
                                  : status;
}

/* The slot of the row that is next; the cursor stays on it. */
static cms_status peek_row(cms_rows *rows, uint32_t *slot)
{
    cms_cursor *cursor = &rows->private_cursor;
    const cms_snapshot *snapshot = &cursor->private_snapshot;
    if (!rows->private_is_single) {
        return cms_list_peek(cursor, slot);
    }

    *slot = rows->private_slot;
    return snapshot->private_generation != snapshot->private_module->generation ? CMS_TOO_OLD
        : cursor->private_position == cursor->private_count                    ? CMS_END
                                                                                : CMS_OK;
}

cms_status cms_table_next(cms_rows *rows, cms_row *row)
{
    cms_cursor *cursor = &rows->private_cursor;
    struct file *file = &cursor->private_snapshot.private_module->file;
    struct row_request request = {.table = rows->private_table, .row = row};
    uint32_t slot;
    cms_status status = peek_row(rows, &slot);
    if (status == CMS_OK) {
        status = member_status(find_in_slot(file, slot, cursor->private_snapshot.revision, cms_extract_row, &request));
    }

    if (status == CMS_OK) {
        cms_list_pass(cursor);
    }

    return status;
}
