/* The whole of a module as text, one line for each section and option; the same that the .NET tests make. */
#ifndef CMS_TEST_DUMP_H
#define CMS_TEST_DUMP_H

#include <stdio.h>

#include "cms.h"

/* Writes bytes in hexadecimal, or a dash when there are none. */
void write_hex(FILE *to, const void *bytes, size_t size);

/* Reads what write_hex writes; false when it is nothing of the kind or too long. */
bool read_hex(const char *text, unsigned char *bytes, size_t capacity, size_t *size);

/*
 * Writes all of a snapshot; to may be NULL to read only. Each option is read in every way that there is, and
 * CMS_INVALID_ARGUMENT means that two of them differ, which a snapshot must not show.
 * steps: how many sections and options at most, which a damaged file needs.
 */
cms_status dump(const cms_snapshot *snapshot, FILE *to, size_t steps);

#endif
