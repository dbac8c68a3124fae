/*
 * What can be tested of the library without a segment: the hash against its vectors, sizes of classes, conversions,
 * names of states. Usage: unit VECTORS, the file Cms.Tests/Golden/segment-hash.txt.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dump.h"
#include "entry.h"
#include "number.h"

static unsigned failures;

#define CHECK(condition)                                                                                             \
    do {                                                                                                             \
        if (!(condition)) {                                                                                          \
            (void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                    \
            failures++;                                                                                              \
        }                                                                                                            \
    } while (0)

static void check_hash(const char *vectors)
{
    FILE *file = fopen(vectors, "r");
    static char line[8192];
    static char hex[4096];
    unsigned count = 0;
    if (file == NULL) {
        (void)fprintf(stderr, "%s cannot be read\n", vectors);
        exit(1);
    }

    while (fgets(line, sizeof line, file) != NULL) {
        uint64_t seed;
        uint64_t second;
        uint64_t expected;
        size_t size;
        if (line[0] == '#' || sscanf(line, "%" SCNx64 " %" SCNx64 " %4095s %" SCNx64, &seed, &second, hex, &expected) != 4) {
            continue;
        }

        /* At the very end of an allocation, so that a load beyond the key is found by the sanitizer. */
        unsigned char bytes[2048];
        CHECK(read_hex(hex, bytes, sizeof bytes, &size));
        unsigned char *key = malloc(size > 0 ? size : 1);
        CHECK(key != NULL);
        memcpy(key, bytes, size);
        CHECK(hash_bytes(key, size, seed, second) == expected);
        free(key);
        count++;
    }

    (void)fclose(file);
    CHECK(count >= 20);
}

static void check_classes(void)
{
    for (unsigned class = 0; class < 256; class++) {
        uint64_t expected = 0;
        if (class < 14) {
            expected = 24 + 8 * class;
        } else if (class < 150) {
            const unsigned d = (class - 14) / 8;
            expected = (UINT64_C(128) << d) + ((class - 14) % 8 + 1) * (UINT64_C(16) << d);
        }

        CHECK(cms_class_sizes[class] == expected);
    }

    CHECK(cms_class_sizes[149] == 16u << 20);
}

static void check_copies(void)
{
    _Alignas(8) unsigned char block[64];
    for (unsigned index = 0; index < sizeof block; index++) {
        block[index] = (unsigned char)(index + 1);
    }

    for (size_t offset = KEY_OFFSET; offset < sizeof block; offset++) {
        for (size_t size = 0; offset + size <= sizeof block; size++) {
            unsigned char copy[sizeof block + 1];
            memset(copy, 0xEE, sizeof copy);
            copy_out(copy, size, block, offset, size);
            CHECK(memcmp(copy, block + offset, size) == 0);
            CHECK(copy[size] == 0xEE);
            copy_out(copy, sizeof copy, block, offset, size);
            CHECK(memcmp(copy, block + offset, size) == 0);
        }
    }
}

static void check_varints(void)
{
    static const struct {
        unsigned char bytes[8];
        size_t size;
        bool is_number;
        uint64_t number;
    } cases[] = {
        {{0x05}, 1, true, 5},
        {{0x80, 0x01}, 2, true, 128},
        {{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F}, 6, true, (UINT64_C(1) << 42) - 1},
        {{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x80}, 6, false, 0},
        {{0x80, 0x80}, 2, false, 0},
    };
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        _Alignas(8) unsigned char block[32] = {0};
        for (size_t place = KEY_OFFSET; place < 24; place++) {
            uint64_t number = 0;
            size_t offset = place;
            memcpy(block + place, cases[index].bytes, cases[index].size);
            CHECK(take_varint(block, place + cases[index].size, &offset, &number) == cases[index].is_number);
            CHECK(!cases[index].is_number || (number == cases[index].number && offset == place + cases[index].size));
        }
    }
}

static void check_ints(void)
{
    static const struct {
        const char *text;
        bool is_number;
        int64_t number;
    } cases[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"+7", true, 7},
        {"0012", true, 12},
        {"9223372036854775807", true, INT64_MAX},
        {"9223372036854775808", false, 0},
        {"-9223372036854775808", true, INT64_MIN},
        {"-9223372036854775809", false, 0},
        {"99999999999999999999999", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"1 ", false, 0},
        {" 1", false, 0},
        {"0x10", false, 0},
        {"1.0", false, 0},
    };
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        int64_t number = 0;
        const char *text = cases[index].text;
        CHECK(cms_parse_int((const unsigned char *)text, strlen(text), &number) == cases[index].is_number);
        CHECK(!cases[index].is_number || number == cases[index].number);
    }

    char text[MOST_NUMBER_TEXT];
    CHECK(cms_format_int(INT64_MIN, text) == 20 && strcmp(text, "-9223372036854775808") == 0);
    CHECK(cms_format_int(0, text) == 1 && strcmp(text, "0") == 0);
}

static void check_floats(void)
{
    static const struct {
        double number;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "-0"},
        {1, "1"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {100, "100"},
        {123456789012345, "123456789012345"},
        {1e16, "10000000000000000"},
        {1e17, "1E+17"},
        {1.25e100, "1.25E+100"},
        {0.0001, "0.0001"},
        {0.00001, "1E-05"},
        {5e-324, "5E-324"},
        {1.7976931348623157e308, "1.7976931348623157E+308"},
        {INFINITY, "Infinity"},
        {-INFINITY, "-Infinity"},
    };
    const locale_t locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        char text[MOST_NUMBER_TEXT];
        double number = -1;
        const size_t size = cms_format_float(locale, cases[index].number, text);
        CHECK(size == strlen(text));
        if (strcmp(text, cases[index].text) != 0) {
            (void)fprintf(stderr, "%s instead of %s\n", text, cases[index].text);
            failures++;
        }

        CHECK(cms_parse_float(locale, (const unsigned char *)text, size, &number));
        CHECK(memcmp(&number, &cases[index].number, sizeof number) == 0);
    }

    freelocale(locale);
}

int main(int count, char **arguments)
{
    if (count != 2) {
        (void)fprintf(stderr, "usage: unit VECTORS\n");
        return 2;
    }

    check_hash(arguments[1]);
    check_classes();
    check_copies();
    check_varints();
    check_ints();
    check_floats();
    CHECK(strcmp(cms_status_text(CMS_TOO_OLD), "this revision is no longer kept; begin anew with a new one") == 0);
    CHECK(cms_status_text((cms_status)4711) != NULL);
    (void)printf("%u failures\n", failures);
    return failures == 0 ? 0 : 1;
}
