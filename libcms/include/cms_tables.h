/* Reading the tables of a module. Part of cms.h, which includes it. */
#ifndef CMS_TABLES_H
#define CMS_TABLES_H

#ifndef CMS_H
#error "include cms.h instead"
#endif

/* ------------------------------------------------------------------------------------------------------ Tables -- */

/* X(NAME, number): how the rows of a table are found by a column. */
#define CMS_INDEXES(X)                                                                                               \
    X(NONE, 0)      /* by looking at every row */                                                                    \
    X(REPEATING, 1) /* at once; several rows may hold one value */                                                   \
    X(UNIQUE, 2)    /* at once; no two rows hold the same value */                                                   \
    X(PRIMARY, 3)   /* at once; the column that tells rows apart */

typedef enum cms_index {
#define CMS_DECLARE(NAME, number) CMS_INDEX_##NAME = number,
    CMS_INDEXES(CMS_DECLARE)
#undef CMS_DECLARE
} cms_index;

#define CMS_MOST_COLUMNS 64

/* A column of a table that is there. */
typedef struct cms_column {
    char name[CMS_NAME_SIZE + 1]; /* ends with a zero byte */
    cms_type type;
    cms_index index;
    size_t size; /* the most bytes of a string; 1, 2, 4 or 8 for an int, 8 for a float, 1 for a bool */
} cms_column;

/*
 * A value in a column. To make one for a function that takes cells, use the functions below or set column, value.type
 * and what belongs to the type: as_int, as_float, as_bool; or value.size and bytes.
 */
typedef struct cms_cell {
    const char *column;
    cms_value value;
    const void *bytes; /* of a string */
} cms_cell;

/* Cells of a text that ends with a zero byte, of bytes, of a number. They keep the pointers. */
CMS_API cms_cell cms_cell_string(const char *column, const char *text);
CMS_API cms_cell cms_cell_bytes(const char *column, const void *bytes, size_t size);
#define CMS_DECLARE(name, type) CMS_API cms_cell cms_cell_##name(const char *column, type value);
CMS_NUMBERS(CMS_DECLARE)
#undef CMS_DECLARE

/*
 * A table as it was at one revision. Like a snapshot it holds nothing and needs no end, and once the revision is no
 * longer kept each function answers CMS_TOO_OLD: call cms_table_refresh and begin anew.
 */
typedef struct cms_table {
    uint64_t revision;  /* that it is read at */
    uint64_t created;   /* the commit that created it */
    size_t row_count;
    size_t column_count;
    size_t primary_key; /* the index of the column that tells rows apart */
    cms_snapshot private_snapshot;
    uint64_t private_id;
    uint32_t private_list;
    uint32_t private_fixed_size;
    uint32_t private_name_size;
    uint16_t private_sizes[CMS_MOST_COLUMNS];
    uint16_t private_places[CMS_MOST_COLUMNS];
    unsigned char private_types[CMS_MOST_COLUMNS];
    char private_name[CMS_NAME_SIZE + 1];
} cms_table;

/* The names of the tables of a module in the order of their creation. CMS_END: there are no more. */
CMS_API cms_status cms_tables_begin(const cms_snapshot *snapshot, cms_cursor *cursor);
CMS_API cms_status cms_tables_next(cms_cursor *cursor, char name[CMS_NAME_SIZE + 1]);

/* Opens a table. CMS_NOT_FOUND: the module has none of this name. */
CMS_API cms_status cms_table_open(const cms_snapshot *snapshot, const char *name, cms_table *table);

/* Goes over to the newest revision that can be seen. CMS_NOT_FOUND: the table is not there any more. */
CMS_API cms_status cms_table_refresh(cms_table *table);

/* A column by its index, which is below column_count; or the index by its name. CMS_NOT_FOUND: there is no such column. */
CMS_API cms_status cms_table_column(const cms_table *table, size_t index, cms_column *column);
CMS_API cms_status cms_table_find_column(const cms_table *table, const char *name, size_t *index);

/*
 * A row. It is read where it lies and is good as long as the table struct that it came from is; when its memory is
 * used again the functions below answer CMS_TOO_OLD, and never with half of one row and half of another.
 */
typedef struct cms_row {
    uint64_t revision; /* the commit that inserted or last updated it */
    const cms_table *private_table;
    uint64_t private_block;
    uint64_t private_stamp;
    uint32_t private_key_size;
    uint32_t private_content_size;
} cms_row;

/* The row with a primary key. CMS_NOT_FOUND: there is none. CMS_WRONG_TYPE: the primary key is of another type. */
CMS_API cms_status cms_table_find_string(const cms_table *table, const char *key, cms_row *row);
CMS_API cms_status cms_table_find_bytes(const cms_table *table, const void *key, size_t key_size, cms_row *row);
CMS_API cms_status cms_table_find_int(const cms_table *table, int64_t key, cms_row *row);

/* Where one is among rows. It refers to the table struct that it was begun with and may be copied. */
typedef struct cms_rows {
    size_t count;       /* how many there are in all */
    const cms_table *private_table;
    uint32_t private_slot; /* of the only one, unless there is a list */
    bool private_is_single;
    cms_cursor private_cursor;
} cms_rows;

/*
 * The rows that hold a value in the primary key or a column with an index, in no particular order; none is no error.
 * CMS_NOT_FOUND: there is no such column. CMS_WRONG_TYPE: it is of another type. CMS_INVALID_ARGUMENT: it has no index;
 * look at every row.
 */
CMS_API cms_status cms_table_find(const cms_table *table, const cms_cell *cell, cms_rows *rows);

/* All rows in the order of their insertion. */
CMS_API cms_status cms_table_begin(const cms_table *table, cms_rows *rows);

/* The next row. CMS_END: there are no more. */
CMS_API cms_status cms_table_next(cms_rows *rows, cms_row *row);

/*
 * What a row holds in a column, given by its index. Nothing is converted: CMS_WRONG_TYPE when the type is another one.
 * cms_row_get_string adds a zero byte; cms_row_find takes any type, fills in type, size or the number, and adds none.
 */
CMS_API cms_status cms_row_get_string(const cms_row *row, size_t column, char *buffer, size_t capacity, size_t *length);
#define CMS_DECLARE(name, type) CMS_API cms_status cms_row_get_##name(const cms_row *row, size_t column, type *value);
CMS_NUMBERS(CMS_DECLARE)
#undef CMS_DECLARE
CMS_API cms_status cms_row_find(const cms_row *row, size_t column, void *buffer, size_t capacity, cms_value *value);

#endif
