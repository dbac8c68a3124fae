#include "dump_tables.h"

#include <string.h>

enum { MOST_CELL = 1 << 16 };

static unsigned char cell_bytes[MOST_CELL];

static void write_cell(FILE *to, const cms_value *value)
{
    if (value->type == CMS_TYPE_STRING) {
        write_hex(to, cell_bytes, value->size);
    } else {
        write_hex(to, &value->as_int, value->type == CMS_TYPE_BOOL ? 1 : sizeof value->as_int);
    }
}

/* The typed functions say the same as the one for any type. */
static cms_status check_typed(const cms_row *row, size_t column, const cms_value *value)
{
    static char text[MOST_CELL + 1];
    int64_t number = 0;
    double real = 0;
    bool flag = false;
    size_t length = 0;
    const cms_status statuses[] = {
        cms_row_get_string(row, column, text, sizeof text, &length),
        cms_row_get_int(row, column, &number),
        cms_row_get_float(row, column, &real),
        cms_row_get_bool(row, column, &flag),
    };
    for (int type = CMS_TYPE_STRING; type <= CMS_TYPE_BOOL; type++) {
        if (statuses[type] == CMS_TOO_OLD || statuses[type] == CMS_CORRUPT) {
            return statuses[type];
        }

        if (statuses[type] != (type == (int)value->type ? CMS_OK : CMS_WRONG_TYPE)) {
            return CMS_INVALID_ARGUMENT;
        }
    }

    const bool is_same = value->type == CMS_TYPE_STRING ? length == value->size && memcmp(text, cell_bytes, length) == 0
        : value->type == CMS_TYPE_INT                  ? number == value->as_int
        : value->type == CMS_TYPE_FLOAT                ? memcmp(&real, &value->as_float, sizeof real) == 0
                                                       : flag == value->as_bool;
    return is_same ? CMS_OK : CMS_INVALID_ARGUMENT;
}

cms_status dump_row(const cms_table *table, const cms_row *row, FILE *to)
{
    cms_status status = CMS_OK;
    if (to != NULL) {
        (void)fprintf(to, "row %llu", (unsigned long long)row->revision);
    }

    for (size_t column = 0; column < table->column_count && status == CMS_OK; column++) {
        cms_value value;
        status = cms_row_find(row, column, cell_bytes, sizeof cell_bytes, &value);
        if (status == CMS_OK) {
            status = check_typed(row, column, &value);
        }

        if (status == CMS_OK && to != NULL) {
            (void)fputc(' ', to);
            write_cell(to, &value);
        }
    }

    if (to != NULL) {
        (void)fputc('\n', to);
    }

    return status;
}

/* Whether a row is among those that its own value in a column leads to. */
static cms_status check_index(const cms_table *table, const cms_row *row, const cms_column *column, size_t index)
{
    cms_cell cell = {.column = column->name, .bytes = cell_bytes};
    cms_rows rows;
    cms_row found;
    cms_status status = cms_row_find(row, index, cell_bytes, sizeof cell_bytes, &cell.value);
    if (status != CMS_OK) {
        return status;
    }

    status = cms_table_find(table, &cell, &rows);
    if (status != CMS_OK) {
        return status;
    }

    const bool is_right = column->index == CMS_INDEX_REPEATING ? rows.count >= 1 : rows.count == 1;
    for (unsigned steps = 0; is_right && steps < 10000 && (status = cms_table_next(&rows, &found)) == CMS_OK; steps++) {
        if (found.private_block == row->private_block && found.revision == row->revision) {
            return CMS_OK;
        }
    }

    return !is_right || status == CMS_END ? CMS_INVALID_ARGUMENT : status;
}

static cms_status check_row(const cms_table *table, const cms_column *columns, const cms_row *row)
{
    cms_status status = CMS_OK;
    for (size_t column = 0; column < table->column_count && status == CMS_OK; column++) {
        if (columns[column].index != CMS_INDEX_NONE) {
            status = check_index(table, row, &columns[column], column);
        }
    }

    return status;
}

static cms_status dump_columns(const cms_table *table, cms_column *columns, FILE *to)
{
    cms_status status = CMS_OK;
    for (size_t index = 0; index < table->column_count && status == CMS_OK; index++) {
        size_t found;
        cms_column *column = &columns[index];
        status = cms_table_column(table, index, column);
        if (status == CMS_OK) {
            status = cms_table_find_column(table, column->name, &found);
            if (status == CMS_NOT_FOUND || (status == CMS_OK && found != index)) {
                status = CMS_INVALID_ARGUMENT;
            }
        }

        if (status == CMS_OK && to != NULL) {
            (void)fprintf(to, "column %s %d %zu %d\n", column->name, (int)column->type, column->size, (int)column->index);
        }
    }

    return status;
}

static cms_status dump_table(const cms_table *table, FILE *to, size_t *steps)
{
    static cms_column columns[CMS_MOST_COLUMNS];
    cms_rows rows;
    cms_row row;
    cms_status status = dump_columns(table, columns, to);
    if (status == CMS_OK) {
        status = cms_table_begin(table, &rows);
    }

    while (status == CMS_OK && *steps > 0 && (status = cms_table_next(&rows, &row)) == CMS_OK) {
        --*steps;
        status = dump_row(table, &row, to);
        if (status == CMS_OK) {
            status = check_row(table, columns, &row);
        }
    }

    return status == CMS_END ? CMS_OK : status;
}

cms_status dump_tables(const cms_snapshot *snapshot, FILE *to, size_t steps)
{
    char name[CMS_NAME_SIZE + 1];
    cms_cursor cursor;
    cms_table table;
    cms_status status = cms_tables_begin(snapshot, &cursor);
    while (status == CMS_OK && steps > 0 && (status = cms_tables_next(&cursor, name)) == CMS_OK) {
        steps--;
        status = cms_table_open(snapshot, name, &table);
        if (status == CMS_OK && to != NULL) {
            (void)fprintf(to, "table %s %llu %zu %zu\n", name, (unsigned long long)table.created, table.row_count, table.primary_key);
        }

        status = status == CMS_OK ? dump_table(&table, to, &steps) : status == CMS_NOT_FOUND ? CMS_INVALID_ARGUMENT : status;
    }

    return status == CMS_END ? CMS_OK : status;
}
