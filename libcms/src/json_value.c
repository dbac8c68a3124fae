/* Values as docs/api.md has them in JSON. */
#include <math.h>

#include "json_read.h"
#include "layout.h"

/* The bytes that base64 stands for, in the place of the text; false when it is none. */
static bool decode_base64(struct json_text *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t size = text->size;
    uint32_t gathered = 0;
    unsigned bits = 0;
    size_t written = 0;
    if (size % 4 != 0) {
        return false;
    }

    for (unsigned padding = 0; padding < 2 && size > 0 && text->bytes[size - 1] == '='; padding++) {
        size--;
    }

    for (size_t index = 0; index < size; index++) {
        const char *digit = text->bytes[index] == '\0' ? NULL : strchr(digits, text->bytes[index]);
        if (digit == NULL) {
            return false;
        }

        gathered = (gathered << 6 | (uint32_t)(digit - digits)) & 0xFFFFFF;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            text->bytes[written++] = (char)(gathered >> bits & 0xFF);
        }
    }

    text->bytes[written] = '\0';
    text->size = written;
    return true;
}

static bool take_special_float(const struct json_text *text, double *number)
{
    /* Of the many that are no number the one that the daemon stores. */
    const uint64_t bits = UINT64_C(0xFFF8000000000000);
    const bool is_nan = strcmp(text->bytes, "NaN") == 0;
    const bool is_negative = strcmp(text->bytes, "-Infinity") == 0;
    *number = is_negative ? -(double)INFINITY : (double)INFINITY;
    if (is_nan) {
        memcpy(number, &bits, sizeof bits);
    }

    return is_nan || is_negative || strcmp(text->bytes, "Infinity") == 0;
}

/* {"base64":...} or {"float":...}. */
static bool take_wrapped(struct json *json, cms_value *value, const void **bytes)
{
    struct json_text name;
    struct json_text text = {0};
    bool is_first = true;
    if (!cms_json_enter(json, '{') || !cms_json_member(json, &is_first, &name) || !cms_json_take_text(json, &text)) {
        return false;
    }

    bool is_right = false;
    if (strcmp(name.bytes, "base64") == 0) {
        is_right = decode_base64(&text);
        value->type = CMS_TYPE_STRING;
        value->size = text.size;
        *bytes = text.bytes;
    } else if (strcmp(name.bytes, "float") == 0) {
        value->type = CMS_TYPE_FLOAT;
        is_right = take_special_float(&text, &value->as_float);
    }

    return is_right && cms_json_enter(json, '}');
}

/* A number without point and exponent is an int. */
static bool take_number(struct json *json, locale_t locale, cms_value *value)
{
    const unsigned char *begin = json->next;
    if (!cms_json_skip(json)) {
        return false;
    }

    const size_t size = (size_t)(json->next - begin);
    const bool is_float = memchr(begin, '.', size) != NULL || memchr(begin, 'e', size) != NULL || memchr(begin, 'E', size) != NULL;
    value->type = is_float ? CMS_TYPE_FLOAT : CMS_TYPE_INT;
    return is_float ? size <= MOST_FLOAT_TEXT && cms_parse_float(locale, begin, size, &value->as_float)
                    : cms_parse_int(begin, size, &value->as_int);
}

bool cms_json_take_scalar(struct json *json, locale_t locale, cms_value *value, const void **bytes)
{
    struct json_text text;
    *value = (cms_value){.count = 1};
    *bytes = NULL;
    switch (cms_json_peek(json)) {
    case '"':
        if (!cms_json_take_text(json, &text)) {
            return false;
        }

        value->type = CMS_TYPE_STRING;
        value->size = text.size;
        *bytes = text.bytes;
        return true;
    case '{':
        return take_wrapped(json, value, bytes);
    case '0':
        return take_number(json, locale, value);
    default:
        value->type = CMS_TYPE_BOOL;
        return cms_json_take_bool(json, &value->as_bool);
    }
}

/* How many elements an array has, without taking them. */
static bool count_elements(struct json json, size_t *count)
{
    bool is_first = true;
    *count = 0;
    if (!cms_json_enter(&json, '[')) {
        return false;
    }

    while (cms_json_element(&json, &is_first)) {
        if (!cms_json_skip(&json)) {
            return false;
        }

        ++*count;
    }

    return !cms_json_failed(&json);
}

static void add_element(struct buffer *list, const cms_value *element, const void *bytes, size_t index, size_t count)
{
    if (element->type == CMS_TYPE_STRING) {
        const size_t head = sizeof(uint32_t) * (1 + count);
        cms_buffer_add(list, bytes, element->size);
        const uint32_t end = (uint32_t)(list->size - head);
        if (list->status == CMS_OK) {
            memcpy(list->bytes + sizeof(uint32_t) * (1 + index), &end, sizeof end);
        }
    } else if (element->type == CMS_TYPE_BOOL) {
        const unsigned char byte = element->as_bool;
        cms_buffer_add(list, &byte, sizeof byte);
    } else {
        cms_buffer_add(list, &element->as_int, WORD_SIZE);
    }
}

/* Begins the encoding; that of strings has the count and the ends in front. */
static void begin_list(struct buffer *list, cms_type type, size_t count)
{
    const uint32_t small_count = (uint32_t)count;
    const size_t head = sizeof(uint32_t) * (1 + count);
    cms_buffer_cut(list, 0);
    if (type == CMS_TYPE_STRING) {
        unsigned char *room = cms_buffer_room(list, head);
        if (room != NULL) {
            memset(room, 0, head);
            memcpy(room, &small_count, sizeof small_count);
            list->size = head;
        }
    }
}

static bool take_list(struct json *json, locale_t locale, struct buffer *list, cms_value *value)
{
    cms_value element;
    const void *bytes;
    bool is_first = true;
    size_t index = 0;
    size_t count;
    *value = (cms_value){.type = CMS_TYPE_STRING, .is_list = true};
    if (!count_elements(*json, &count) || count > UINT32_MAX / WORD_SIZE || !cms_json_enter(json, '[')) {
        return false;
    }

    if (count == 0) {
        begin_list(list, CMS_TYPE_STRING, 0);
    }

    for (; cms_json_element(json, &is_first); index++) {
        if (!cms_json_take_scalar(json, locale, &element, &bytes)) {
            return false;
        }

        if (index == 0) {
            value->type = element.type;
            begin_list(list, element.type, count);
        }

        if (element.type != value->type || index >= count) {
            return false;
        }

        add_element(list, &element, bytes, index, count);
    }

    value->count = index;
    value->size = list->size;
    return !cms_json_failed(json) && index == count && list->status == CMS_OK && list->size <= UINT32_MAX;
}

bool cms_json_take_value(struct json *json, locale_t locale, struct buffer *list, cms_value *value, const void **bytes)
{
    if (cms_json_peek(json) != '[') {
        return cms_json_take_scalar(json, locale, value, bytes);
    }

    const bool is_taken = take_list(json, locale, list, value);
    *bytes = list->bytes;
    return is_taken;
}
