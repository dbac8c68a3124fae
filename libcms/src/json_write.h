/* Writing JSON as cmsd reads it (docs/api.md). What goes wrong is kept in the buffer. */
#ifndef CMS_JSON_WRITE_H
#define CMS_JSON_WRITE_H

#include "buffer.h"
#include "number.h"

/* Whether these bytes are UTF-8. */
bool cms_is_utf8(const unsigned char *bytes, size_t size);

/* A text, quoted; false when the bytes are no UTF-8, and nothing is written. */
bool cms_json_text(struct buffer *to, const void *bytes, size_t size);

/* A string value: quoted, or as base64 when the bytes are no UTF-8. */
void cms_json_string(struct buffer *to, const void *bytes, size_t size);

void cms_json_int(struct buffer *to, int64_t number);
void cms_json_bool(struct buffer *to, bool flag);

/* A number that reads as a float, or an object for one that JSON has no number for. */
void cms_json_float(struct buffer *to, locale_t locale, double number);

/* A value, encoded as cms_find gives it; false when the bytes are no such value, and what was written is garbage. */
bool cms_json_value(struct buffer *to, locale_t locale, const cms_value *value, const void *bytes);

#endif
