/* Tables and their columns. */
#include "table.h"

enum { COLUMNS_HEAD_SIZE = 2, COLUMN_TAIL_SIZE = 3 };

/* Where a column is described in the entry of its table. */
struct column_place {
    size_t name;
    size_t name_size;
    unsigned kind; /* type, and index in bits 5..4 */
    unsigned size;
};

/* Goes from column to column. */
struct column_walk {
    const struct found *found;
    size_t offset;
    size_t left;
};

static bool begin_columns(struct column_walk *walk, const struct found *found, size_t *count, size_t *primary_key)
{
    size_t body;
    if (!find_body(found, TABLE_COLUMNS_OFFSET + COLUMNS_HEAD_SIZE, &body)) {
        return false;
    }

    walk->found = found;
    walk->offset = body + TABLE_COLUMNS_OFFSET + COLUMNS_HEAD_SIZE;
    *count = walk->left = (size_t)load_bytes(found->block, walk->offset - 2, 1);
    *primary_key = (size_t)load_bytes(found->block, walk->offset - 1, 1);
    return *count >= 1 && *count <= CMS_MOST_COLUMNS && *primary_key < *count;
}

/* False when there are no more, or the block ends before. */
static bool next_column(struct column_walk *walk, struct column_place *place)
{
    const struct found *found = walk->found;
    if (walk->left == 0 || walk->offset >= found->size) {
        return false;
    }

    place->name_size = (size_t)load_bytes(found->block, walk->offset, 1);
    place->name = walk->offset + 1;
    const size_t tail = place->name + place->name_size;
    if (place->name_size == 0 || tail + COLUMN_TAIL_SIZE > found->size) {
        return false;
    }

    place->kind = (unsigned)load_bytes(found->block, tail, 1);
    place->size = (unsigned)load_bytes(found->block, tail + 1, 2);
    walk->offset = tail + COLUMN_TAIL_SIZE;
    walk->left--;
    return true;
}

/* Whether a column keeps the rules of tables. */
static bool is_legal(const struct column_place *place, bool is_primary)
{
    const unsigned index = place->kind >> 4;
    const bool is_found_by = is_primary || index != CMS_INDEX_NONE;
    if (index > CMS_INDEX_UNIQUE || (is_primary && index != CMS_INDEX_NONE)) {
        return false;
    }

    switch (place->kind & 0x0F) {
    case CMS_TYPE_STRING:
        return place->size >= 1 && (!is_found_by || place->size <= MOST_TABLE_KEY);
    case CMS_TYPE_INT:
        return place->size == 1 || place->size == 2 || place->size == 4 || place->size == 8;
    case CMS_TYPE_FLOAT:
        return place->size == 8 && !is_found_by;
    case CMS_TYPE_BOOL:
        return place->size == 1;
    default:
        return false;
    }
}

static cms_status take_columns(cms_table *table, const struct found *found)
{
    struct column_walk walk;
    struct column_place place;
    size_t fixed = 0;
    size_t whole = 0;
    unsigned indexes = 0;
    if (!begin_columns(&walk, found, &table->column_count, &table->primary_key)) {
        return CMS_CORRUPT;
    }

    for (size_t column = 0; column < table->column_count; column++) {
        if (!next_column(&walk, &place) || !is_legal(&place, column == table->primary_key)) {
            return CMS_CORRUPT;
        }

        const bool is_string = (place.kind & 0x0F) == CMS_TYPE_STRING;
        table->private_types[column] = (unsigned char)place.kind;
        table->private_sizes[column] = (uint16_t)place.size;
        table->private_places[column] = (uint16_t)fixed;
        fixed += column == table->primary_key ? 0 : is_string ? STRING_END_SIZE : place.size;
        whole += place.size + (is_string ? STRING_END_SIZE : 0);
        indexes += place.kind >> 4 != CMS_INDEX_NONE;
        if (whole > MOST_ROW_SIZE) {
            return CMS_CORRUPT;
        }
    }

    table->private_fixed_size = (uint32_t)fixed;
    return indexes <= MOST_INDEXES ? CMS_OK : CMS_CORRUPT;
}

static cms_status extract_table(const struct found *found, void *context)
{
    cms_table *table = context;
    size_t body;
    const cms_status status = check_table_entry(found, TABLES_TABLE);
    if (status != CMS_OK) {
        return status;
    }

    if (!find_body(found, TABLE_COLUMNS_OFFSET, &body)) {
        return CMS_CORRUPT;
    }

    const uint64_t list = load_loose(found->block + body);
    table->private_id = load_loose(found->block + body + TABLE_ID_OFFSET);
    table->created = load_loose(found->block + body + TABLE_CREATED_OFFSET);
    table->private_list = (uint32_t)list;
    table->row_count = list >> 32;
    return table->private_id >> 40 == 0 ? take_columns(table, found) : CMS_CORRUPT;
}

cms_status cms_table_open(const cms_snapshot *snapshot, const char *name, cms_table *table)
{
    struct table_key key;
    const size_t size = strlen(name);
    if (size == 0 || !make_table_key(&key, 0, 0, name, size)) {
        return CMS_NOT_FOUND;
    }

    const cms_status status = find_in_snapshot(snapshot, key.bytes, key.size, extract_table, table);
    if (status == CMS_OK) {
        table->revision = snapshot->revision;
        table->private_snapshot = *snapshot;
        table->private_name_size = (uint32_t)size;
        memcpy(table->private_name, name, size + 1);
    }

    return status;
}

cms_status cms_table_refresh(cms_table *table)
{
    cms_status status = CMS_TOO_OLD;
    for (unsigned attempt = 0; attempt < MOST_ATTEMPTS && status == CMS_TOO_OLD; attempt++) {
        cms_snapshot newest;
        cms_table next;
        status = cms_snapshot_take(table->private_snapshot.private_module, &newest);
        if (status == CMS_OK && newest.revision == table->revision && newest.private_generation == table->private_snapshot.private_generation) {
            return CMS_OK;
        }

        if (status == CMS_OK && (status = cms_table_open(&newest, table->private_name, &next)) == CMS_OK) {
            *table = next;
        }
    }

    return status;
}

/* Which column is looked for: that of a name, or that of a place. */
struct column_request {
    const char *name; /* NULL: by place */
    size_t name_size;
    size_t place;
    cms_column column;
};

static cms_status extract_column(const struct found *found, void *context)
{
    struct column_request *request = context;
    struct column_walk walk;
    struct column_place place;
    size_t count;
    size_t primary_key;
    const cms_status status = check_table_entry(found, TABLES_TABLE);
    if (status != CMS_OK || !begin_columns(&walk, found, &count, &primary_key)) {
        return status == CMS_OK ? CMS_CORRUPT : status;
    }

    for (size_t column = 0; next_column(&walk, &place); column++) {
        if (request->name == NULL ? column != request->place : place.name_size != request->name_size) {
            continue;
        }

        copy_out((unsigned char *)request->column.name, sizeof request->column.name, found->block, place.name, place.name_size);
        request->column.name[place.name_size] = '\0';
        if (request->name == NULL || memcmp(request->name, request->column.name, place.name_size) == 0) {
            request->place = column;
            return CMS_OK;
        }
    }

    return walk.left == 0 ? CMS_NOT_FOUND : CMS_CORRUPT;
}

static cms_status look_for_column(const cms_table *table, struct column_request *request)
{
    struct table_key key;
    if (!make_table_key(&key, 0, 0, table->private_name, table->private_name_size)) {
        return CMS_CORRUPT;
    }

    return find_in_snapshot(&table->private_snapshot, key.bytes, key.size, extract_column, request);
}

cms_status cms_table_column(const cms_table *table, size_t index, cms_column *column)
{
    struct column_request request = {.place = index};
    if (index >= table->column_count) {
        return CMS_NOT_FOUND;
    }

    const cms_status status = look_for_column(table, &request);
    *column = request.column;
    column->type = column_type(table, index);
    column->index = column_index(table, index);
    column->size = table->private_sizes[index];
    return status;
}

cms_status cms_table_find_column(const cms_table *table, const char *name, size_t *index)
{
    struct column_request request = {.name = name, .name_size = strlen(name)};
    const cms_status status = look_for_column(table, &request);
    *index = request.place;
    return status == CMS_OK && request.place >= table->column_count ? CMS_CORRUPT : status;
}

static cms_status extract_directory(const struct found *found, void *context)
{
    uint64_t *list = context;
    size_t body;
    const cms_status status = check_table_entry(found, TABLES_DIRECTORY);
    if (status == CMS_OK && find_body(found, WORD_SIZE, &body)) {
        *list = load_loose(found->block + body);
        return CMS_OK;
    }

    return status == CMS_OK ? CMS_CORRUPT : status;
}

cms_status cms_tables_begin(const cms_snapshot *snapshot, cms_cursor *cursor)
{
    struct table_key key;
    uint64_t list = 0;
    (void)make_table_key(&key, 0, 0, NULL, 0);
    const cms_status status = find_in_snapshot(snapshot, key.bytes, key.size, extract_directory, &list);
    *cursor = (cms_cursor){.private_snapshot = *snapshot};
    return status == CMS_OK        ? cms_list_begin(cursor, (uint32_t)list, list >> 32)
        : status == CMS_NOT_FOUND ? CMS_OK
                                  : status;
}

static cms_status extract_name(const struct found *found, void *context)
{
    const cms_status status = check_table_entry(found, TABLES_TABLE);
    const size_t size = descriptor_count(found->descriptor) - (size_t)ID_SIZE;
    if (status != CMS_OK || size > CMS_NAME_SIZE) {
        return status == CMS_OK ? CMS_CORRUPT : status;
    }

    char *name = context;
    copy_out((unsigned char *)name, CMS_NAME_SIZE + 1, found->block, KEY_OFFSET + ID_SIZE, size);
    name[size] = '\0';
    return CMS_OK;
}

cms_status cms_tables_next(cms_cursor *cursor, char name[CMS_NAME_SIZE + 1])
{
    uint32_t slot;
    struct file *file = &cursor->private_snapshot.private_module->file;
    cms_status status = cms_list_peek(cursor, &slot);
    if (status == CMS_OK) {
        status = member_status(find_in_slot(file, slot, cursor->private_snapshot.revision, extract_name, name));
    }

    if (status == CMS_OK) {
        cms_list_pass(cursor);
    }

    return status;
}
