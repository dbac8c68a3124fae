/* Bytes that grow. Running out of memory or of the limit is remembered, so that a writer looks once, at its end. */
#ifndef CMS_BUFFER_H
#define CMS_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "cms.h"

/* All zero but for the limit is an empty one. */
struct buffer {
    unsigned char *bytes;
    size_t size;
    size_t capacity;
    size_t limit;      /* the most bytes */
    cms_status status; /* CMS_OK, CMS_NO_MEMORY or CMS_TOO_LARGE; what is added after a failure is lost */
};

/* Makes room for more bytes and returns where they go, to be counted with size by the caller; NULL when there is none. */
unsigned char *cms_buffer_room(struct buffer *buffer, size_t size);

void cms_buffer_add(struct buffer *buffer, const void *bytes, size_t size);

/* Adds a text without its zero byte. */
void cms_buffer_text(struct buffer *buffer, const char *text);

/* Adds a zero byte that does not count, so that the bytes can be read as a text. */
cms_status cms_buffer_end(struct buffer *buffer);

/* Goes back to a smaller size and forgets a failure. */
void cms_buffer_cut(struct buffer *buffer, size_t size);

/* Gives the memory back. */
void cms_buffer_free(struct buffer *buffer);

#endif
