#include "json_read.h"

/* Nothing more can be taken from a reader that has failed; its end is NULL. */
static bool fail(struct json *json)
{
    json->next = json->end = NULL;
    return false;
}

bool cms_json_failed(const struct json *json)
{
    return json->end == NULL;
}

static void skip_blanks(struct json *json)
{
    while (json->next < json->end && (*json->next == ' ' || *json->next == '\n' || *json->next == '\r' || *json->next == '\t')) {
        json->next++;
    }
}

char cms_json_peek(struct json *json)
{
    skip_blanks(json);
    if (json->next == json->end) {
        return '\0';
    }

    const char first = (char)*json->next;
    return first == '-' || (first >= '0' && first <= '9') ? '0' : strchr("{}[]\",:tfn", first) != NULL ? first : '\0';
}

static bool take(struct json *json, char byte)
{
    if (cms_json_peek(json) != byte || byte == '\0') {
        return fail(json);
    }

    json->next++;
    return true;
}

bool cms_json_enter(struct json *json, char bracket)
{
    return take(json, bracket);
}

/* Whether there is one more in an object or array; the closing bracket is passed when there is none. */
static bool has_next(struct json *json, bool *is_first, char closing)
{
    if (cms_json_peek(json) == closing) {
        json->next++;
        return false;
    }

    const bool is_there = *is_first || take(json, ',');
    *is_first = false;
    return is_there;
}

bool cms_json_member(struct json *json, bool *is_first, struct json_text *name)
{
    return has_next(json, is_first, '}') && cms_json_take_text(json, name) && take(json, ':');
}

bool cms_json_element(struct json *json, bool *is_first)
{
    return has_next(json, is_first, ']');
}

static int digit_of(unsigned char byte)
{
    return byte >= '0' && byte <= '9' ? byte - '0' : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

/* Four hexadecimal digits; -1 when they are not there. */
static int32_t take_unit(struct json *json)
{
    int32_t unit = 0;
    if (json->end - json->next < 4) {
        return -1;
    }

    for (unsigned index = 0; index < 4; index++) {
        const int digit = digit_of(*json->next++);
        if (digit < 0) {
            return -1;
        }

        unit = unit << 4 | digit;
    }

    return unit;
}

/* What \u stands for; -1 for half of a pair. */
static int32_t take_character(struct json *json)
{
    const int32_t unit = take_unit(json);
    if (unit < 0xD800 || unit > 0xDFFF) {
        return unit;
    }

    if (unit > 0xDBFF || json->end - json->next < 2 || json->next[0] != '\\' || json->next[1] != 'u') {
        return -1;
    }

    json->next += 2;
    const int32_t second = take_unit(json);
    return second < 0xDC00 || second > 0xDFFF ? -1 : 0x10000 + ((unit - 0xD800) << 10) + (second - 0xDC00);
}

/* UTF-8 is never longer than the escape sequence that it replaces. */
static unsigned char *put_character(unsigned char *to, int32_t character)
{
    const uint32_t code = (uint32_t)character;
    if (code < 0x80) {
        *to++ = (unsigned char)code;
        return to;
    }

    const unsigned followers = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    *to++ = (unsigned char)(0xF00 >> (followers + 1) | code >> (6 * followers));
    for (unsigned left = followers; left > 0; left--) {
        *to++ = (unsigned char)(0x80 | (code >> (6 * (left - 1)) & 0x3F));
    }

    return to;
}

/* Takes an escape sequence, whose backslash was passed; NULL when it is none. */
static unsigned char *unescape(struct json *json, unsigned char *to)
{
    static const char names[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    if (json->next == json->end) {
        return NULL;
    }

    const unsigned char name = *json->next++;
    if (name == 'u') {
        const int32_t character = take_character(json);
        return character < 0 ? NULL : put_character(to, character);
    }

    const char *found = name == '\0' ? NULL : strchr(names, name);
    if (found == NULL) {
        return NULL;
    }

    *to = (unsigned char)meanings[found - names];
    return to + 1;
}

bool cms_json_take_text(struct json *json, struct json_text *text)
{
    if (!take(json, '"')) {
        return false;
    }

    unsigned char *to = json->next;
    text->bytes = (char *)to;
    while (json->next < json->end) {
        const unsigned char byte = *json->next++;
        if (byte == '"') {
            text->size = (size_t)(to - (unsigned char *)text->bytes);
            *to = '\0';
            return true;
        }

        if (byte == '\\') {
            to = unescape(json, to);
        } else {
            *to++ = byte;
        }

        if (to == NULL || byte < ' ') {
            break;
        }
    }

    return fail(json);
}

/* The bytes of a number or a word. */
static size_t measure_token(const struct json *json)
{
    size_t size = 0;
    while (json->next + size < json->end && json->next[size] != '\0' && strchr("+-.0123456789abcdefghijklmnopqrstuvwxyzE", json->next[size]) != NULL) {
        size++;
    }

    return size;
}

bool cms_json_take_int(struct json *json, int64_t *number)
{
    const size_t size = cms_json_peek(json) == '0' ? measure_token(json) : 0;
    if (!cms_parse_int(json->next, size, number)) {
        return fail(json);
    }

    json->next += size;
    return true;
}

static bool take_word(struct json *json, const char *word)
{
    (void)cms_json_peek(json);
    const size_t size = measure_token(json);
    if (size != strlen(word) || memcmp(json->next, word, size) != 0) {
        return fail(json);
    }

    json->next += size;
    return true;
}

bool cms_json_take_bool(struct json *json, bool *flag)
{
    *flag = cms_json_peek(json) == 't';
    return take_word(json, *flag ? "true" : "false");
}

/* Passes a text as it is. */
static bool skip_text(struct json *json)
{
    for (json->next++; json->next < json->end; json->next++) {
        if (*json->next == '"') {
            json->next++;
            return true;
        }

        json->next += *json->next == '\\' && json->end - json->next > 1;
    }

    return fail(json);
}

static bool skip_simple(struct json *json)
{
    switch (cms_json_peek(json)) {
    case '"':
        return skip_text(json);
    case '0': {
        const size_t size = measure_token(json);
        json->next += size;
        return true;
    }

    case 't':
        return take_word(json, "true");
    case 'f':
        return take_word(json, "false");
    case 'n':
        return take_word(json, "null");
    default:
        return fail(json);
    }
}

/* Brackets are counted, not matched with each other: what is taken later is looked at more closely. */
bool cms_json_skip(struct json *json)
{
    unsigned depth = 0;
    do {
        const char next = cms_json_peek(json);
        if (next == '{' || next == '[') {
            json->next++;
            if (++depth > MOST_JSON_DEPTH) {
                return fail(json);
            }
        } else if ((next == '}' || next == ']') && depth > 0) {
            json->next++;
            depth--;
        } else if ((next == ',' || next == ':') && depth > 0) {
            json->next++;
        } else if (!skip_simple(json)) {
            return false;
        }
    } while (depth > 0);
    return true;
}
