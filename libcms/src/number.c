#include "number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool cms_parse_int(const unsigned char *text, size_t size, int64_t *value)
{
    size_t index = size > 0 && (text[0] == '-' || text[0] == '+');
    const bool is_negative = index == 1 && text[0] == '-';
    const uint64_t limit = (uint64_t)INT64_MAX + is_negative;
    uint64_t magnitude = 0;
    if (index == size) {
        return false;
    }

    for (; index < size; index++) {
        const unsigned digit = (unsigned)text[index] - '0';
        if (digit > 9 || magnitude > (limit - digit) / 10) {
            return false;
        }

        magnitude = magnitude * 10 + digit;
    }

    *value = is_negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return true;
}

static size_t skip_digits(const unsigned char *text, size_t size, size_t index)
{
    while (index < size && text[index] >= '0' && text[index] <= '9') {
        index++;
    }

    return index;
}

/* sign? digits? ( . digits? )? ( e sign? digits )? with a digit before the exponent. */
static bool is_decimal(const unsigned char *text, size_t size)
{
    const size_t start = size > 0 && (text[0] == '-' || text[0] == '+');
    size_t index = skip_digits(text, size, start);
    size_t digits = index - start;
    if (index < size && text[index] == '.') {
        const size_t point = index + 1;
        index = skip_digits(text, size, point);
        digits += index - point;
    }

    if (digits == 0) {
        return false;
    }

    if (index < size && (text[index] == 'e' || text[index] == 'E')) {
        index++;
        index += index < size && (text[index] == '-' || text[index] == '+');
        const size_t exponent = index;
        index = skip_digits(text, size, index);
        if (index == exponent) {
            return false;
        }
    }

    return index == size;
}

static bool equals(const unsigned char *text, size_t size, const char *word)
{
    return size == strlen(word) && memcmp(text, word, size) == 0;
}

static bool equals_any_case(const char *text, const char *word)
{
    for (; *word != '\0'; text++, word++) {
        if ((*text | 0x20) != (*word | 0x20)) {
            return false;
        }
    }

    return *text == '\0';
}

bool cms_parse_float(locale_t locale, const unsigned char *text, size_t size, double *value)
{
    if (size == 0 || size > MOST_FLOAT_TEXT) {
        return false;
    }

    char copy[MOST_FLOAT_TEXT + 1];
    memcpy(copy, text, size);
    copy[size] = '\0';
    if (is_decimal(text, size)) {
        *value = strtod_l(copy, NULL, locale);
        return true;
    }

    if (memchr(copy, '\0', size) != NULL) {
        return false;
    }

    const bool has_sign = copy[0] == '-' || copy[0] == '+';
    if (equals_any_case(copy + has_sign, "Infinity")) {
        *value = copy[0] == '-' ? -INFINITY : INFINITY;
        return true;
    }

    *value = NAN;
    return equals_any_case(copy + has_sign, "NaN");
}

bool cms_parse_bool(const unsigned char *text, size_t size, bool *value)
{
    static const char *const spellings[2][5] = {
        {"0", "off", "no", "false", "disabled"},
        {"1", "on", "yes", "true", "enabled"},
    };
    for (unsigned meaning = 0; meaning < 2; meaning++) {
        for (unsigned index = 0; index < 5; index++) {
            if (equals(text, size, spellings[meaning][index])) {
                *value = meaning == 1;
                return true;
            }
        }
    }

    return false;
}

size_t cms_format_int(int64_t value, char text[MOST_NUMBER_TEXT])
{
    char reversed[MOST_NUMBER_TEXT];
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    size_t count = 0;
    do {
        reversed[count++] = (char)('0' + magnitude % 10);
        magnitude /= 10;
    } while (magnitude != 0);

    if (value < 0) {
        reversed[count++] = '-';
    }

    for (size_t index = 0; index < count; index++) {
        text[index] = reversed[count - 1 - index];
    }

    text[count] = '\0';
    return count;
}

/* The fewest digits that are read back as the same number; exponent is that of the first digit. */
static size_t shortest_digits(locale_t locale, double magnitude, char digits[17], int *exponent)
{
    char text[MOST_NUMBER_TEXT];
    const locale_t before = uselocale(locale);
    for (int precision = 0; precision < 17; precision++) {
        (void)snprintf(text, sizeof text, "%.*e", precision, magnitude);
        if (strtod_l(text, NULL, locale) == magnitude) {
            break;
        }
    }

    (void)uselocale(before);
    size_t count = 0;
    const char *next = text;
    for (; *next != 'e'; next++) {
        if (*next != '.') {
            digits[count++] = *next;
        }
    }

    *exponent = atoi(next + 1);
    return count;
}

/* Plain notation from 1e-4 to below 1e17, else scientific: as .NET writes a double out. */
static size_t place_point(const char *digits, size_t count, int exponent, char *text)
{
    char *to = text;
    if (exponent >= 17 || exponent < -4) {
        *to++ = digits[0];
        if (count > 1) {
            *to++ = '.';
            memcpy(to, digits + 1, count - 1);
            to += count - 1;
        }

        return (size_t)(to - text) + (size_t)sprintf(to, "E%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
    }

    if (exponent < 0) {
        *to++ = '0';
        *to++ = '.';
        memset(to, '0', (size_t)(-exponent - 1));
        to += -exponent - 1;
    }

    for (int index = 0; index < (int)count || index <= exponent; index++) {
        if (index == exponent + 1 && exponent >= 0) {
            *to++ = '.';
        }

        *to++ = index < (int)count ? digits[index] : '0';
    }

    *to = '\0';
    return (size_t)(to - text);
}

size_t cms_format_float(locale_t locale, double value, char text[MOST_NUMBER_TEXT])
{
    if (!isfinite(value)) {
        (void)strcpy(text, isnan(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity");
        return strlen(text);
    }

    size_t sign = 0;
    if (signbit(value)) {
        text[sign++] = '-';
    }

    if (value == 0) {
        (void)strcpy(text + sign, "0");
        return sign + 1;
    }

    char digits[17];
    int exponent;
    const size_t count = shortest_digits(locale, fabs(value), digits, &exponent);
    return sign + place_point(digits, count, exponent, text + sign);
}
