/* The elements of a list in the caller's memory, in the encoding of the format; nothing in it is believed. */
#include <string.h>

#include "cms.h"
#include "layout.h"

static uint32_t read_half(const unsigned char *place)
{
    uint32_t half;
    memcpy(&half, place, sizeof half);
    return half;
}

static cms_status take_string(const unsigned char *bytes, size_t size, size_t index, cms_value *element, const void **element_bytes)
{
    const uint32_t count = size < sizeof(uint32_t) ? 0 : read_half(bytes);
    if (size < sizeof(uint32_t) || count > size / sizeof(uint32_t) - 1) {
        return CMS_CORRUPT;
    }

    if (index >= count) {
        return CMS_END;
    }

    const unsigned char *end = bytes + sizeof(uint32_t) * (1 + index);
    const size_t head = sizeof(uint32_t) * (1 + (size_t)count);
    const uint32_t start = index == 0 ? 0 : read_half(end - sizeof(uint32_t));
    if (start > read_half(end) || read_half(end) > size - head) {
        return CMS_CORRUPT;
    }

    element->size = read_half(end) - start;
    *element_bytes = bytes + head + start;
    return CMS_OK;
}

static cms_status take_number(const unsigned char *bytes, size_t size, size_t index, cms_value *element)
{
    const size_t each = element->type == CMS_TYPE_BOOL ? 1 : WORD_SIZE;
    if (size % each != 0) {
        return CMS_CORRUPT;
    }

    if (index >= size / each) {
        return CMS_END;
    }

    if (element->type == CMS_TYPE_BOOL) {
        element->as_bool = bytes[index] == 1;
        return bytes[index] <= 1 ? CMS_OK : CMS_CORRUPT;
    }

    memcpy(&element->as_int, bytes + index * WORD_SIZE, WORD_SIZE);
    return CMS_OK;
}

cms_status cms_value_element(const cms_value *value, const void *bytes, size_t index, cms_value *element, const void **element_bytes)
{
    *element = (cms_value){.type = value->type, .count = 1, .revision = value->revision};
    *element_bytes = NULL;
    return value->type == CMS_TYPE_STRING ? take_string(bytes, value->size, index, element, element_bytes)
                                          : take_number(bytes, value->size, index, element);
}
