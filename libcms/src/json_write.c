#include "json_write.h"

#include <math.h>

/* Bytes that continue a character in UTF-8, from its first byte; -1 when no character begins with it. */
static int followers(unsigned char first)
{
    return first < 0x80 ? 0 : first < 0xC2 ? -1 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : first < 0xF5 ? 3 : -1;
}

bool cms_is_utf8(const unsigned char *bytes, size_t size)
{
    for (size_t index = 0; index < size;) {
        const unsigned char first = bytes[index++];
        const int count = followers(first);
        if (count < 0 || (size_t)count > size - index) {
            return false;
        }

        /* The second byte rules out what is written too long, surrogates, and what is beyond U+10FFFF. */
        const unsigned char least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        const unsigned char greatest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        for (int follower = 0; follower < count; follower++, index++) {
            if (bytes[index] < (follower == 0 ? least : 0x80) || bytes[index] > (follower == 0 ? greatest : 0xBF)) {
                return false;
            }
        }
    }

    return true;
}

static void escape(struct buffer *to, unsigned char byte)
{
    static const char digits[] = "0123456789abcdef";
    const char text[] = {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
    if (byte == '"' || byte == '\\') {
        const unsigned char pair[] = {'\\', byte};
        cms_buffer_add(to, pair, sizeof pair);
    } else {
        cms_buffer_add(to, text, sizeof text);
    }
}

bool cms_json_text(struct buffer *to, const void *bytes, size_t size)
{
    const unsigned char *text = bytes;
    if (!cms_is_utf8(text, size)) {
        return false;
    }

    cms_buffer_text(to, "\"");
    size_t begin = 0;
    for (size_t index = 0; index < size; index++) {
        if (text[index] < ' ' || text[index] == '"' || text[index] == '\\') {
            cms_buffer_add(to, text + begin, index - begin);
            escape(to, text[index]);
            begin = index + 1;
        }
    }

    if (begin < size) {
        cms_buffer_add(to, text + begin, size - begin);
    }

    cms_buffer_text(to, "\"");
    return true;
}

static void add_base64(struct buffer *to, const unsigned char *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t index = 0; index < size; index += 3) {
        const size_t count = size - index < 3 ? size - index : 3;
        const uint32_t three = (uint32_t)bytes[index] << 16 | (count > 1 ? (uint32_t)bytes[index + 1] << 8 : 0) | (count > 2 ? bytes[index + 2] : 0);
        const char four[] = {
            digits[three >> 18],
            digits[three >> 12 & 63],
            count > 1 ? digits[three >> 6 & 63] : '=',
            count > 2 ? digits[three & 63] : '=',
        };
        cms_buffer_add(to, four, sizeof four);
    }
}

void cms_json_string(struct buffer *to, const void *bytes, size_t size)
{
    if (!cms_json_text(to, bytes, size)) {
        cms_buffer_text(to, "{\"base64\":\"");
        add_base64(to, bytes, size);
        cms_buffer_text(to, "\"}");
    }
}

void cms_json_int(struct buffer *to, int64_t number)
{
    char text[MOST_NUMBER_TEXT];
    cms_buffer_add(to, text, cms_format_int(number, text));
}

void cms_json_bool(struct buffer *to, bool flag)
{
    cms_buffer_text(to, flag ? "true" : "false");
}

void cms_json_float(struct buffer *to, locale_t locale, double number)
{
    char text[MOST_NUMBER_TEXT];
    const size_t size = cms_format_float(locale, number, text);
    if (!isfinite(number)) {
        cms_buffer_text(to, "{\"float\":\"");
        cms_buffer_add(to, text, size);
        cms_buffer_text(to, "\"}");
        return;
    }

    cms_buffer_add(to, text, size);
    if (memchr(text, '.', size) == NULL && memchr(text, 'E', size) == NULL) {
        cms_buffer_text(to, ".0");
    }
}

static void add_scalar(struct buffer *to, locale_t locale, const cms_value *value, const void *bytes)
{
    switch (value->type) {
    case CMS_TYPE_INT:
        cms_json_int(to, value->as_int);
        break;
    case CMS_TYPE_FLOAT:
        cms_json_float(to, locale, value->as_float);
        break;
    case CMS_TYPE_BOOL:
        cms_json_bool(to, value->as_bool);
        break;
    case CMS_TYPE_STRING:
    default:
        cms_json_string(to, bytes, value->size);
        break;
    }
}

bool cms_json_value(struct buffer *to, locale_t locale, const cms_value *value, const void *bytes)
{
    if ((unsigned)value->type > CMS_TYPE_BOOL || (bytes == NULL && value->size > 0 && (value->is_list || value->type == CMS_TYPE_STRING))) {
        return false;
    }

    if (!value->is_list) {
        add_scalar(to, locale, value, bytes);
        return true;
    }

    cms_value element;
    const void *element_bytes;
    cms_status status;
    cms_buffer_text(to, "[");
    for (size_t index = 0; (status = cms_value_element(value, bytes, index, &element, &element_bytes)) == CMS_OK; index++) {
        cms_buffer_text(to, index == 0 ? "" : ",");
        add_scalar(to, locale, &element, element_bytes);
    }

    cms_buffer_text(to, "]");
    return status == CMS_END;
}
