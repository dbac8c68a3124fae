#include "buffer.h"

#include <stdlib.h>

enum { LEAST_CAPACITY = 256 };

unsigned char *cms_buffer_room(struct buffer *buffer, size_t size)
{
    if (buffer->status != CMS_OK) {
        return NULL;
    }

    if (size > buffer->limit - buffer->size) {
        buffer->status = CMS_TOO_LARGE;
        return NULL;
    }

    if (size > buffer->capacity - buffer->size) {
        size_t capacity = buffer->capacity < LEAST_CAPACITY ? LEAST_CAPACITY : buffer->capacity + buffer->capacity / 2;
        if (capacity < buffer->size + size) {
            capacity = buffer->size + size;
        }

        unsigned char *bytes = realloc(buffer->bytes, capacity);
        if (bytes == NULL) {
            buffer->status = CMS_NO_MEMORY;
            return NULL;
        }

        buffer->bytes = bytes;
        buffer->capacity = capacity;
    }

    return buffer->bytes + buffer->size;
}

void cms_buffer_add(struct buffer *buffer, const void *bytes, size_t size)
{
    unsigned char *room = cms_buffer_room(buffer, size);
    if (room != NULL && size > 0) {
        memcpy(room, bytes, size);
        buffer->size += size;
    }
}

void cms_buffer_text(struct buffer *buffer, const char *text)
{
    cms_buffer_add(buffer, text, strlen(text));
}

cms_status cms_buffer_end(struct buffer *buffer)
{
    unsigned char *room = cms_buffer_room(buffer, 1);
    if (room != NULL) {
        *room = '\0';
    }

    return buffer->status;
}

void cms_buffer_cut(struct buffer *buffer, size_t size)
{
    buffer->size = size;
    buffer->status = CMS_OK;
}

void cms_buffer_free(struct buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct buffer){.limit = buffer->limit};
}
