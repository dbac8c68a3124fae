/*
 * Reads a segment as fast as it can while another process commits to it as Cms.Tests/Segments/StampedWorkload.cs says,
 * and checks that commits are seen whole and in order, and no element of a list is torn.
 * Usage: race SEGMENT MILLISECONDS. Every commit sets stamp.r0 to stamp.r7 to its own revision, as text; elements of
 * lists of strings are the letter e three times the element's index.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dump.h"

enum { STAMPS = 8, MOST_STEPS = 100000 };

static unsigned long reads;
static unsigned long snapshots;
static unsigned long too_old;
static unsigned long elements;

static void fail(const char *what, uint64_t one, uint64_t other)
{
    (void)fprintf(stderr, "race: %s: %" PRIu64 ", %" PRIu64 " after %lu reads\n", what, one, other, reads);
    exit(1);
}

static uint64_t milliseconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool is_kept(cms_status status)
{
    too_old += status == CMS_TOO_OLD;
    return status != CMS_TOO_OLD;
}

static void expect(cms_status status, const char *what)
{
    reads++;
    if (status != CMS_OK) {
        (void)fprintf(stderr, "race: %s: %s\n", what, cms_status_text(status));
        exit(1);
    }
}

/* Newest values, one after the other: each is of the same commit as the last or of a later one. */
static void check_newest(cms_module *module, cms_handle *handles, uint64_t *last)
{
    for (unsigned index = 0; index < STAMPS; index++) {
        char key[] = "stamp.r0";
        int64_t by_key;
        int64_t by_handle;
        key[7] = (char)('0' + index);
        expect(cms_get_int(module, key, &by_key), "a key");
        if ((uint64_t)by_key < *last) {
            fail("a key went back", *last, (uint64_t)by_key);
        }

        expect(cms_handle_get_int(&handles[index], &by_handle), "a handle");
        if (by_handle < by_key) {
            fail("a handle went back", (uint64_t)by_key, (uint64_t)by_handle);
        }

        *last = (uint64_t)by_handle;
    }
}

static void check_batch(cms_module *module)
{
    char keys[STAMPS][9];
    char texts[STAMPS][24];
    cms_query queries[STAMPS];
    uint64_t revision;
    for (unsigned index = 0; index < STAMPS; index++) {
        (void)snprintf(keys[index], sizeof keys[index], "stamp.r%u", index);
        queries[index] = (cms_query){.key = keys[index], .key_size = 8, .buffer = texts[index], .capacity = sizeof texts[index] - 1};
    }

    expect(cms_find_many(module, queries, STAMPS, &revision), "many keys");
    for (unsigned index = 0; index < STAMPS; index++) {
        expect(queries[index].status, "one of many keys");
        texts[index][queries[index].value.size] = '\0';
        if (strtoull(texts[index], NULL, 10) != revision) {
            fail("a batch is of two commits", revision, strtoull(texts[index], NULL, 10));
        }
    }
}

static void check_elements(cms_array *array)
{
    static char text[4096];
    cms_value element;
    cms_status status;
    size_t index = 0;
    while (is_kept(status = cms_array_next(array, text, sizeof text, &element)) && status == CMS_OK) {
        if (element.size != 3 * index || strspn(text, "e") != element.size) {
            fail("an element is torn", index, element.size);
        }

        index++;
        elements++;
    }

    if (status != CMS_END && status != CMS_TOO_OLD) {
        expect(status, "an element");
    }
}

static void check_lists(const cms_snapshot *snapshot)
{
    static unsigned char bytes[1 << 16];
    cms_cursor sections;
    cms_cursor options;
    cms_section section;
    cms_option option;
    cms_status status = cms_sections_begin(snapshot, &sections);
    while (status == CMS_OK && (status = cms_sections_next(&sections, &section)) == CMS_OK) {
        cms_status inner = cms_options_begin(snapshot, &section, &options);
        while (inner == CMS_OK && (inner = cms_options_next(&options, &option, bytes, sizeof bytes)) == CMS_OK) {
            unsigned char key[CMS_KEY_SIZE];
            size_t key_size;
            cms_array array;
            if (option.value.is_list && option.value.type == CMS_TYPE_STRING && cms_section_key(&section, option.name, key, &key_size) == CMS_OK
                && cms_array_begin_at(snapshot, key, key_size, &array) == CMS_OK) {
                check_elements(&array);
            }
        }

        if (is_kept(inner) && inner != CMS_END) {
            expect(inner, "an option of a snapshot");
        }
    }

    if (is_kept(status) && status != CMS_END) {
        expect(status, "a section of a snapshot");
    }
}

static void check_snapshot(cms_module *module)
{
    cms_snapshot snapshot;
    expect(cms_snapshot_take(module, &snapshot), "a snapshot");
    for (unsigned index = 0; index < STAMPS; index++) {
        char key[] = "stamp.r0";
        int64_t stamp;
        key[7] = (char)('0' + index);
        const cms_status status = cms_snapshot_get_int(&snapshot, key, &stamp);
        if (!is_kept(status)) {
            return;
        }

        expect(status, "a key of a snapshot");
        if ((uint64_t)stamp != snapshot.revision) {
            fail("a snapshot is of two commits", snapshot.revision, (uint64_t)stamp);
        }
    }

    check_lists(&snapshot);
    const cms_status status = dump(&snapshot, NULL, MOST_STEPS);
    if (is_kept(status)) {
        expect(status, "all of a snapshot");
    }

    snapshots++;
}

int main(int count, char **arguments)
{
    cms_module *module;
    cms_handle handles[STAMPS];
    char keys[STAMPS][9];
    uint64_t last = 0;
    if (count != 3) {
        (void)fprintf(stderr, "usage: race SEGMENT MILLISECONDS\n");
        return 2;
    }

    expect(cms_open_file(arguments[1], &module), "the segment");
    for (unsigned index = 0; index < STAMPS; index++) {
        (void)snprintf(keys[index], sizeof keys[index], "stamp.r%u", index);
        expect(cms_handle_init(&handles[index], module, keys[index], 8), "a handle");
    }

    (void)printf("reading\n");
    (void)fflush(stdout);
    /* The first commit may be yet to come. */
    expect(cms_wait(module, 0, 30000, NULL), "the first commit");
    const uint64_t end = milliseconds() + strtoull(arguments[2], NULL, 10);
    while (milliseconds() < end) {
        check_newest(module, handles, &last);
        check_batch(module);
        check_snapshot(module);
    }

    (void)printf("%lu reads, %lu snapshots, %lu too old, %lu elements, up to revision %" PRIu64 "\n", reads, snapshots, too_old, elements, last);
    cms_close(module);
    return last > 0 && snapshots > 0 ? 0 : 1;
}
