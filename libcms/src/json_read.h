/*
 * Reading JSON as cmsd writes it, step by step, over bytes in memory that are changed on the way: a text is unescaped
 * where it lies and gets a zero byte. Nothing in them is believed: whatever they are, no step leaves them, and nesting
 * beyond MOST_JSON_DEPTH is refused. After a step that returned false the reader is not to be used any more.
 */
#ifndef CMS_JSON_READ_H
#define CMS_JSON_READ_H

#include "buffer.h"
#include "number.h"

enum { MOST_JSON_DEPTH = 32 };

/* A reader may be copied, to come back to a place from which no text was taken yet. */
struct json {
    unsigned char *next;
    unsigned char *end;
};

struct json_text {
    char *bytes; /* with a zero byte behind the last one */
    size_t size;
};

/* What begins at the reader: one of { [ " 0 (a number) t f n; a zero byte at the end or for anything else. */
char cms_json_peek(struct json *json);

/* Goes into an object or an array. */
bool cms_json_enter(struct json *json, char bracket);

/*
 * Goes to the next member and takes its name, or to the next element. is_first: to be true before the first one.
 * False at the end of the object or array, which is passed then, and when it is malformed: then the reader is at its end.
 */
bool cms_json_member(struct json *json, bool *is_first, struct json_text *name);
bool cms_json_element(struct json *json, bool *is_first);

/* Whether the reader has met something malformed. */
bool cms_json_failed(const struct json *json);

bool cms_json_take_text(struct json *json, struct json_text *text);
bool cms_json_take_int(struct json *json, int64_t *number);
bool cms_json_take_bool(struct json *json, bool *flag);

/* Passes whatever begins at the reader. */
bool cms_json_skip(struct json *json);

/*
 * A scalar value as cms_find gives it. The bytes of a string are where its text was, and at least one more is there.
 */
bool cms_json_take_scalar(struct json *json, locale_t locale, cms_value *value, const void **bytes);

bool cms_json_take_value(struct json *json, locale_t locale, struct buffer *list, cms_value *value, const void **bytes);

#endif
