/*
 * The reader of JSON, and what is made of changes, on texts that are wrong in every way; run with the sanitizers.
 * Usage: json SEED ROUNDS. What is right is taken apart and written again the same; what is not comes back refused, and
 * nothing ever leaves its memory.
 */
#include <stdio.h>
#include <stdlib.h>

#include "change.h"
#include "json_write.h"
#include "key.h"

enum { MOST_TEXT = 4096 };

static uint64_t state;
static unsigned failures;
static locale_t locale;

static const char *const values[] = {
    "\"\"", "\"a\"", "\"a\\\\b\\\"c\"", "\"\\u0000\\u001f\"", "\"\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80\"", "{\"base64\":\"/w==\"}", "{\"base64\":\"//4=\"}", "{\"base64\":\"//79\"}",
    "0", "-1", "9223372036854775807", "-9223372036854775808", "0.0", "-0.0", "0.1", "1E+300", "5E-324", "1.5E-07",
    "{\"float\":\"NaN\"}", "{\"float\":\"Infinity\"}", "{\"float\":\"-Infinity\"}", "true", "false",
    "[]", "[\"\"]", "[\"a\",\"\",\"b\"]", "[\"a\",{\"base64\":\"/w==\"}]", "[1,2,3]", "[0.5,{\"float\":\"NaN\"}]", "[true,false]",
};

static const char *const wrong_values[] = {
    "", " ", "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\n\"", "{", "{}", "{\"base64\"}", "{\"base64\":1}",
    "{\"base64\":\"a\"}", "{\"base64\":\"a===\"}", "{\"base64\":\"a*==\"}", "{\"base64\":\"/w==\",\"x\":1}", "{\"float\":\"1\"}", "{\"other\":\"1\"}", "nul", "null", "tru", "truefalse", "+1", "--1", "1.2.3",
    "9223372036854775808", "-9223372036854775809", "1e", ".", "-", "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1,\"a\"]", "[1,2.5]", "[[1]]", "[null]", "]", "}", ",", ":", "[1}", "\xFF",
};

static const char *const changes[] = {
    "{\"op\":\"set\",\"section\":\"lan\",\"id\":1,\"option\":\"o\",\"value\":[\"a\",\"b\"]}",
    "{\"op\":\"add\",\"section\":\"#5\",\"id\":5,\"type\":\"rule\",\"unknown\":[{\"a\":[1,2,{}]}]}",
    "{\"op\":\"rename\",\"section\":\"lan\",\"id\":1,\"name\":\"home\"}",
    "{\"op\":\"reorder\",\"section\":\"lan\",\"id\":1,\"index\":7}",
    "{\"op\":\"create_table\",\"table\":\"t\",\"columns\":[{\"name\":\"a\",\"type\":\"int\"}],\"primaryKey\":\"a\"}",
    "{\"op\":\"update_row\",\"table\":\"t\",\"row\":{\"a\":1,\"b\":\"\\u00fc\",\"c\":{\"base64\":\"/w==\"}}}",
};

static uint64_t next_random(void)
{
    state += UINT64_C(0x9E3779B97F4A7C15);
    return fold(state, UINT64_C(0xE7037ED1A0B428DB));
}

static size_t below(size_t limit)
{
    return (size_t)(next_random() % limit);
}

static void expect(bool holds, const char *what, const char *text)
{
    if (!holds) {
        (void)printf("%s: %s\n", what, text);
        failures++;
    }
}

/* A copy that ends where its memory does. */
static struct json open_text(const char *text, size_t size, unsigned char **memory)
{
    *memory = malloc(size + (size == 0));
    if (*memory == NULL) {
        exit(2);
    }

    memcpy(*memory, text, size);
    return (struct json){.next = *memory, .end = *memory + size};
}

static void check_value(const char *text)
{
    unsigned char *memory;
    struct json json = open_text(text, strlen(text), &memory);
    struct buffer list = {.limit = MOST_TEXT};
    struct buffer again = {.limit = MOST_TEXT};
    cms_value value;
    const void *bytes;
    expect(cms_json_take_value(&json, locale, &list, &value, &bytes), "refused", text);
    expect(json.next == json.end, "something is left", text);
    expect(cms_json_value(&again, locale, &value, bytes) && cms_buffer_end(&again) == CMS_OK && strcmp((const char *)again.bytes, text) == 0, "written as another", text);
    cms_buffer_free(&list);
    cms_buffer_free(&again);
    free(memory);
}

/* Takes whatever is there; whether it was a value and nothing else. */
static bool try_value(const char *text, size_t size)
{
    unsigned char *memory;
    struct json json = open_text(text, size, &memory);
    struct buffer list = {.limit = MOST_TEXT};
    cms_value value;
    const void *bytes;
    const bool is_value = cms_json_take_value(&json, locale, &list, &value, &bytes) && json.next == json.end;
    cms_buffer_free(&list);
    free(memory);
    return is_value;
}

static bool try_skip(const char *text, size_t size)
{
    unsigned char *memory;
    struct json json = open_text(text, size, &memory);
    const bool is_passed = cms_json_skip(&json);
    free(memory);
    return is_passed;
}

static bool try_change(const char *text, size_t size)
{
    static struct change_memory parts = {.list.limit = MOST_TEXT};
    unsigned char *memory;
    struct json json = open_text(text, size, &memory);
    cms_change change;
    bool is_change = cms_take_change(&json, locale, &parts, &change) && cms_make_change_key(&parts, &change);
    for (size_t index = 0; is_change && index < change.cell_count; index++) {
        is_change = change.cells[index].column != NULL && strlen(change.cells[index].column) < MOST_TEXT;
    }

    cms_buffer_free(&parts.list);
    free(memory);
    return is_change;
}

/* A text with some of its bytes changed, doubled, or left out. */
static size_t damage(const char *text, char *damaged)
{
    static const char bytes[] = "{}[]\",:\\u0tfn-.eE1\0\xFF";
    size_t size = strlen(text);
    memcpy(damaged, text, size);
    for (size_t left = 1 + below(4); left > 0 && size > 0; left--) {
        const size_t place = below(size);
        switch (below(4)) {
        case 0:
            damaged[place] = bytes[below(sizeof bytes)];
            break;
        case 1:
            size = place;
            break;
        case 2:
            memmove(damaged + place, damaged + place + 1, size - place - 1);
            size--;
            break;
        default:
            memmove(damaged + place + 1, damaged + place, size - place);
            size++;
            break;
        }
    }

    return size;
}

static void run_round(void)
{
    char damaged[MOST_TEXT];
    const char *value = values[below(sizeof values / sizeof values[0])];
    size_t size = damage(value, damaged);
    (void)try_value(damaged, size);
    (void)try_skip(damaged, size);
    size = damage(changes[below(sizeof changes / sizeof changes[0])], damaged);
    (void)try_change(damaged, size);
    (void)try_skip(damaged, size);
}

/* Brackets as deep as they may be, and one deeper. */
static void check_depth(void)
{
    char text[2 * MOST_JSON_DEPTH + 2];
    memset(text, '[', MOST_JSON_DEPTH + 1);
    memset(text + MOST_JSON_DEPTH + 1, ']', MOST_JSON_DEPTH + 1);
    expect(!try_skip(text, sizeof text), "deeper than allowed", "[[...");
    expect(try_skip(text + 1, sizeof text - 2), "as deep as allowed", "[[...");
}

int main(int argument_count, char **arguments)
{
    if (argument_count != 3) {
        (void)fprintf(stderr, "usage: json SEED ROUNDS\n");
        return 2;
    }

    state = strtoull(arguments[1], NULL, 10);
    locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    for (size_t index = 0; index < sizeof values / sizeof values[0]; index++) {
        check_value(values[index]);
    }

    for (size_t index = 0; index < sizeof wrong_values / sizeof wrong_values[0]; index++) {
        expect(!try_value(wrong_values[index], strlen(wrong_values[index])), "taken", wrong_values[index]);
    }

    for (size_t index = 0; index < sizeof changes / sizeof changes[0]; index++) {
        expect(try_change(changes[index], strlen(changes[index])), "refused", changes[index]);
        for (size_t size = 0; size < strlen(changes[index]); size++) {
            expect(!try_change(changes[index], size), "taken though cut", changes[index]);
        }
    }

    check_depth();
    for (long round = strtol(arguments[2], NULL, 10); round > 0; round--) {
        run_round();
    }

    freelocale(locale);
    (void)printf("%u failures\n", failures);
    return failures == 0 ? 0 : 1;
}
