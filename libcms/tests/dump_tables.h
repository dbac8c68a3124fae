/* The tables of a module as text; the same that the .NET tests make. */
#ifndef CMS_TEST_DUMP_TABLES_H
#define CMS_TEST_DUMP_TABLES_H

#include "dump.h"

/* Writes what a row holds; to may be NULL to read only. */
cms_status dump_row(const cms_table *table, const cms_row *row, FILE *to);

/*
 * Writes all tables of a snapshot; to may be NULL to read only. Each row is found again by its primary key and by every
 * index, and CMS_INVALID_ARGUMENT means that it is not, or is another one then, which a snapshot must not show.
 * steps: how many tables and rows at most, which a damaged file needs.
 */
cms_status dump_tables(const cms_snapshot *snapshot, FILE *to, size_t steps);

#endif
