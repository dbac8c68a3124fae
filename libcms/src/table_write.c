/* Operations on tables, and the cells that they are given. */
#include "transaction.h"

cms_cell cms_cell_bytes(const char *column, const void *bytes, size_t size)
{
    return (cms_cell){.column = column, .value = {.type = CMS_TYPE_STRING, .size = size, .count = 1}, .bytes = bytes};
}

cms_cell cms_cell_string(const char *column, const char *text)
{
    return cms_cell_bytes(column, text, strlen(text));
}

cms_cell cms_cell_int(const char *column, int64_t value)
{
    return (cms_cell){.column = column, .value = {.type = CMS_TYPE_INT, .count = 1, .as_int = value}};
}

cms_cell cms_cell_float(const char *column, double value)
{
    return (cms_cell){.column = column, .value = {.type = CMS_TYPE_FLOAT, .count = 1, .as_float = value}};
}

cms_cell cms_cell_bool(const char *column, bool value)
{
    return (cms_cell){.column = column, .value = {.type = CMS_TYPE_BOOL, .count = 1, .as_bool = value}};
}

static bool add_column(cms_transaction *transaction, const cms_column *column)
{
    static const char *const types[] = {
#define NAME_OF(NAME, name, number) [number] = #name,
        CMS_TYPES(NAME_OF)
#undef NAME_OF
    };
    struct buffer *body = &transaction->body;
    const bool is_legal = (unsigned)column->type <= CMS_TYPE_BOOL && (unsigned)column->index <= CMS_INDEX_PRIMARY
        && column->size <= INT32_MAX && memchr(column->name, '\0', sizeof column->name) != NULL;
    cms_buffer_text(body, "{\"name\":");
    if (!is_legal || !cms_json_text(body, column->name, strlen(column->name))) {
        return false;
    }

    (void)cms_operation_text(transaction, "type", types[column->type]);
    if (column->size > 0 && column->type <= CMS_TYPE_INT) {
        cms_operation_int(transaction, "size", (int64_t)column->size);
    }

    if (column->index == CMS_INDEX_REPEATING || column->index == CMS_INDEX_UNIQUE) {
        (void)cms_operation_text(transaction, "index", column->index == CMS_INDEX_UNIQUE ? "unique" : "index");
    }

    cms_buffer_text(body, "}");
    return true;
}

cms_status cms_table_create(cms_transaction *transaction, const char *table, const cms_column *columns, size_t count, const char *primary_key)
{
    bool is_right = cms_operation_begin(transaction, "create_table") && cms_operation_text(transaction, "table", table)
        && cms_operation_text(transaction, "primaryKey", primary_key);
    if (is_right) {
        cms_operation_name(transaction, "columns");
        cms_buffer_text(&transaction->body, "[");
        for (size_t index = 0; index < count && is_right; index++) {
            cms_buffer_text(&transaction->body, index == 0 ? "" : ",");
            is_right = add_column(transaction, &columns[index])
                && (columns[index].index != CMS_INDEX_PRIMARY || strcmp(columns[index].name, primary_key) == 0);
        }

        cms_buffer_text(&transaction->body, "]");
    }

    return cms_operation_end(transaction, is_right);
}

cms_status cms_table_drop(cms_transaction *transaction, const char *table)
{
    return cms_operation_end(transaction, cms_operation_begin(transaction, "drop_table") && cms_operation_text(transaction, "table", table));
}

static cms_status add_row(cms_transaction *transaction, const char *op, const char *table, const cms_cell *cells, size_t count)
{
    struct buffer *body = &transaction->body;
    bool is_right = cms_operation_begin(transaction, op) && cms_operation_text(transaction, "table", table);
    if (is_right) {
        cms_operation_name(transaction, "row");
        cms_buffer_text(body, "{");
        for (size_t index = 0; index < count && is_right; index++) {
            const cms_cell *cell = &cells[index];
            cms_buffer_text(body, index == 0 ? "" : ",");
            is_right = cell->column != NULL && cms_json_text(body, cell->column, strlen(cell->column));
            cms_buffer_text(body, ":");
            is_right = is_right && !cell->value.is_list && cms_json_value(body, transaction->node->locale, &cell->value, cell->bytes);
        }

        cms_buffer_text(body, "}");
    }

    return cms_operation_end(transaction, is_right);
}

cms_status cms_table_insert(cms_transaction *transaction, const char *table, const cms_cell *cells, size_t count)
{
    return add_row(transaction, "insert_row", table, cells, count);
}

cms_status cms_table_update(cms_transaction *transaction, const char *table, const cms_cell *cells, size_t count)
{
    return add_row(transaction, "update_row", table, cells, count);
}

cms_status cms_table_delete(cms_transaction *transaction, const char *table, const cms_cell *key)
{
    return add_row(transaction, "delete_row", table, key, 1);
}
