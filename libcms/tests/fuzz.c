/*
 * Reads damaged segments, from a seed; run with the sanitizers. Usage: fuzz SEGMENT SEED ROUNDS.
 * A round damages a copy of the segment before it is opened, and again while it is open, as a mad writer would. It ends
 * with 0 when every read came back, whatever it answered; and it must have met damage as well as values.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dump_tables.h"
#include "key.h"

enum { MOST_KEYS = 48, MOST_STEPS = 400, MOST_STATUS = 64, LARGEST_SEGMENT = 1 << 24 };

/* Pages behind each mapping that nobody may touch. */
#define GUARD ((size_t)32 << 20)

void *__real_mmap(void *place, size_t size, int protection, int flags, int file, off_t offset);
int __real_munmap(void *place, size_t size);
void *__wrap_mmap(void *place, size_t size, int protection, int flags, int file, off_t offset);
int __wrap_munmap(void *place, size_t size);

void *__wrap_mmap(void *place, size_t size, int protection, int flags, int file, off_t offset)
{
    void *guarded = __real_mmap(place, size + GUARD, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return guarded == MAP_FAILED ? guarded : __real_mmap(guarded, size, protection, flags | MAP_FIXED, file, offset);
}

int __wrap_munmap(void *place, size_t size)
{
    const size_t page = 4096;
    return __real_munmap(place, (size + page - 1) / page * page + GUARD);
}

struct any_key {
    unsigned char bytes[CMS_KEY_SIZE];
    size_t size;
};

static unsigned char *whole;
static unsigned char *damaged;
static size_t whole_size;
static size_t used_size;
static struct any_key keys[MOST_KEYS];
static size_t key_count;
static uint64_t state;
static unsigned long met[MOST_STATUS];

static uint64_t next_random(void)
{
    state += UINT64_C(0x9E3779B97F4A7C15);
    return fold(state, UINT64_C(0xE7037ED1A0B428DB));
}

static size_t below(size_t limit)
{
    return (size_t)(next_random() % limit);
}

static cms_status count(cms_status status)
{
    met[(unsigned)status % MOST_STATUS]++;
    return status;
}

static void fail(const char *message)
{
    (void)fprintf(stderr, "fuzz: %s\n", message);
    exit(1);
}

static void load_whole(const char *path)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (file < 0 || fstat(file, &about) != 0 || about.st_size > LARGEST_SEGMENT) {
        fail("the segment cannot be read");
    }

    whole_size = (size_t)about.st_size;
    whole = malloc(whole_size);
    damaged = malloc(whole_size);
    if (whole == NULL || damaged == NULL || read(file, whole, whole_size) != about.st_size) {
        fail("the segment cannot be read");
    }

    (void)close(file);
    memcpy(&used_size, whole + END_OFFSET, sizeof used_size);
}

/* The keys of the undamaged segment, to ask for them later. */
static void learn_keys(const char *path)
{
    static unsigned char value[1 << 20];
    cms_module *module;
    cms_snapshot snapshot;
    cms_cursor sections;
    cms_cursor options;
    cms_section section;
    cms_option option;
    if (cms_open_file(path, &module) != CMS_OK || cms_snapshot_take(module, &snapshot) != CMS_OK
        || cms_sections_begin(&snapshot, &sections) != CMS_OK) {
        fail("the undamaged segment cannot be read");
    }

    while (cms_sections_next(&sections, &section) == CMS_OK) {
        (void)cms_options_begin(&snapshot, &section, &options);
        while (key_count < MOST_KEYS && cms_options_next(&options, &option, value, sizeof value) == CMS_OK) {
            (void)cms_section_key(&section, option.name, keys[key_count].bytes, &keys[key_count].size);
            key_count++;
        }
    }

    cms_close(module);
    if (key_count < 8) {
        fail("the segment has too few options");
    }
}

static uint64_t strange_word(const unsigned char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes + below(used_size / WORD_SIZE) * WORD_SIZE, sizeof word);
    switch (below(8)) {
    case 0:
        return 0;
    case 1:
        return UINT64_MAX;
    case 2:
        return next_random();
    case 3:
        return word + 8;
    case 4:
        return word ^ UINT64_C(1) << below(64);
    case 5:
        return below(used_size);
    case 6:
        return (word & ~(uint64_t)UINT32_MAX) | below(used_size / WORD_SIZE);
    default:
        return word;
    }
}

/* Changes a word of an entry of tables, in its head, its key or what follows. */
static void twist_table(unsigned char *bytes)
{
    for (unsigned attempt = 0; attempt < 1000; attempt++) {
        const size_t place = below(used_size / WORD_SIZE - 16) * WORD_SIZE;
        uint64_t word;
        memcpy(&word, bytes + place + DESCRIPTOR_OFFSET, sizeof word);
        if (place >= HEADER_SIZE && descriptor_kind(word) == KIND_TABLES && descriptor_count(word) >= ID_SIZE && descriptor_count(word) < 64) {
            const size_t twisted = place + DESCRIPTOR_OFFSET + below(10) * WORD_SIZE;
            memcpy(&word, bytes + twisted, sizeof word);
            word = below(2) == 0 ? word ^ UINT64_C(1) << below(64) : strange_word(bytes);
            memcpy(bytes + twisted, &word, sizeof word);
            return;
        }
    }
}

/* Has an option that a slot leads to claim to be larger than the file, in its class and in the size of its value. */
static void inflate(unsigned char *bytes)
{
    uint64_t index;
    uint64_t bucket_count;
    memcpy(&index, bytes + INDEX_OFFSET, sizeof index);
    memcpy(&bucket_count, bytes + BUCKET_COUNT_OFFSET, sizeof bucket_count);
    for (unsigned attempt = 0; attempt < 100; attempt++) {
        uint32_t reference;
        uint64_t descriptor;
        const size_t slot = index + below(bucket_count) * BUCKET_SIZE + below(SLOTS_IN_BUCKET) * WORD_SIZE;
        memcpy(&reference, bytes + slot, sizeof reference);
        unsigned char *block = bytes + (size_t)reference * WORD_SIZE;
        if (reference == 0 || (size_t)reference * WORD_SIZE + 1024 > used_size) {
            continue;
        }

        memcpy(&descriptor, block + DESCRIPTOR_OFFSET, sizeof descriptor);
        const size_t size_offset = KEY_OFFSET + descriptor_count(descriptor);
        if (descriptor_kind(descriptor) == KIND_OPTION && size_offset < 512) {
            descriptor = (descriptor & ~(UINT64_C(0xFF) << 32)) | (uint64_t)(100 + below(50)) << 32;
            memcpy(block + DESCRIPTOR_OFFSET, &descriptor, sizeof descriptor);
            block[size_offset] = 0xFF;
            block[size_offset + 1] = 0xFF;
            block[size_offset + 2] = (unsigned char)(1 + below(60));
        }
    }
}

static void damage(unsigned char *bytes)
{
    if (below(4) == 0) {
        inflate(bytes);
    }

    for (size_t left = below(4); left > 0; left--) {
        twist_table(bytes);
    }

    for (size_t left = 1 + below(10); left > 0; left--) {
        const size_t area = below(4) == 0 ? 160 : used_size;
        const size_t place = below(area / WORD_SIZE) * WORD_SIZE;
        uint64_t word = strange_word(bytes);
        if (below(3) == 0) {
            memcpy(&word, bytes + place, sizeof word);
            word ^= UINT64_C(1) << below(64);
        }

        memcpy(bytes + place, &word, sizeof word);
    }
}

/* Has the header's checksum agree with whatever the header says, so that the checks behind it are met. */
static void forge_checksum(unsigned char *bytes)
{
    uint64_t words[1 + (CHECKSUM_OFFSET - JOURNAL_OFFSET) / WORD_SIZE];
    const uint64_t magic = MAGIC;
    const uint32_t version = FORMAT_VERSION;
    memcpy(bytes, &magic, sizeof magic);
    memcpy(bytes + VERSION_OFFSET, &version, sizeof version);
    memcpy(words, bytes + VERSION_OFFSET, WORD_SIZE);
    memcpy(words + 1, bytes + JOURNAL_OFFSET, CHECKSUM_OFFSET - JOURNAL_OFFSET);
    const uint64_t checksum = hash_bytes(words, sizeof words, MAGIC, ~MAGIC);
    memcpy(bytes + CHECKSUM_OFFSET, &checksum, sizeof checksum);
}

static void read_lists(cms_module *module, const struct any_key *key)
{
    static char text[4096];
    cms_array array;
    cms_value element;
    cms_status status = count(cms_array_begin(module, key->bytes, key->size, &array));
    for (unsigned steps = 0; status == CMS_OK && steps < MOST_STEPS; steps++) {
        status = count(cms_array_next(&array, text, below(2) == 0 ? 2 : sizeof text, &element));
    }
}

static void read_keys(cms_module *module, cms_handle *handles)
{
    static char text[MOST_KEYS][256];
    cms_query queries[MOST_KEYS];
    for (size_t index = 0; index < key_count; index++) {
        int64_t number;
        double real;
        bool flag;
        cms_value value;
        size_t length;
        queries[index] = (cms_query){.key = keys[index].bytes, .key_size = keys[index].size, .buffer = text[index], .capacity = sizeof text[index]};
        (void)count(cms_find(module, keys[index].bytes, keys[index].size, text[index], sizeof text[index], &value));
        (void)count(cms_handle_get_string(&handles[index], text[index], below(80), &length));
        (void)count(cms_handle_get_int(&handles[index], &number));
        (void)count(cms_handle_get_float(&handles[index], &real));
        (void)count(cms_handle_get_bool(&handles[index], &flag));
        (void)count(cms_handle_find(&handles[index], text[index], sizeof text[index], &value));
        read_lists(module, &keys[index]);
    }

    (void)count(cms_find_many(module, queries, key_count, NULL));
}

/* Finds in a table that was opened before the last damage, and in one that is opened now. */
static void read_tables(const cms_snapshot *snapshot, cms_table *table)
{
    cms_rows rows;
    cms_row row;
    size_t column;
    const cms_cell cells[] = {cms_cell_int("n", (int64_t)below(8)), cms_cell_string("s", "unique 5"), cms_cell_string("k", "key 5"), cms_cell_bool("b", true)};
    (void)count(dump_tables(snapshot, NULL, MOST_STEPS));
    (void)count(cms_table_find_column(table, "n", &column));
    (void)count(cms_table_find_string(table, "key 3", &row));
    (void)count(cms_table_find_int(table, 3, &row));
    for (size_t index = 0; index < sizeof cells / sizeof cells[0]; index++) {
        cms_status status = count(cms_table_find(table, &cells[index], &rows));
        for (unsigned steps = 0; status == CMS_OK && steps < MOST_STEPS; steps++) {
            status = count(cms_table_next(&rows, &row));
            if (status == CMS_OK) {
                (void)count(dump_row(table, &row, NULL));
            }
        }
    }

    (void)count(cms_table_refresh(table));
}

static void read_all(cms_module *module, cms_handle *handles, cms_table *table)
{
    cms_snapshot snapshot;
    uint64_t revision;
    (void)count(cms_wait(module, 0, 0, &revision));
    if (count(cms_snapshot_take(module, &snapshot)) == CMS_OK) {
        (void)count(dump(&snapshot, NULL, MOST_STEPS));
        if (table->column_count > 0) {
            read_tables(&snapshot, table);
        }

        if (count(cms_table_open(&snapshot, "rows", table)) != CMS_OK) {
            table->column_count = 0;
        }
    }

    read_keys(module, handles);
}

static void run_round(int file, const char *path)
{
    cms_module *module;
    cms_handle handles[MOST_KEYS];
    cms_table table = {0};
    memcpy(damaged, whole, whole_size);
    const bool is_cut = below(16) == 0;
    if (below(8) != 0) {
        damage(damaged);
        if (below(2) == 0) {
            forge_checksum(damaged);
        }
    }

    if (ftruncate(file, (off_t)whole_size) != 0 || pwrite(file, damaged, whole_size, 0) != (ssize_t)whole_size
        || (is_cut && ftruncate(file, (off_t)below(whole_size)) != 0)) {
        fail("the copy cannot be written");
    }

    if (count(cms_open_file(path, &module)) != CMS_OK) {
        return;
    }

    for (size_t index = 0; index < key_count; index++) {
        (void)cms_handle_init(&handles[index], module, keys[index].bytes, keys[index].size);
    }

    read_all(module, handles, &table);
    read_all(module, handles, &table);
    if (!is_cut) {
        damage(damaged);
        if (pwrite(file, damaged, used_size, 0) != (ssize_t)used_size) {
            fail("the copy cannot be written");
        }

        read_all(module, handles, &table);
    }

    cms_close(module);
}

int main(int argument_count, char **arguments)
{
    char path[64];
    if (argument_count != 4) {
        (void)fprintf(stderr, "usage: fuzz SEGMENT SEED ROUNDS\n");
        return 2;
    }

    state = strtoull(arguments[2], NULL, 10);
    load_whole(arguments[1]);
    learn_keys(arguments[1]);
    const int file = memfd_create("segment", MFD_CLOEXEC);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    for (long round = strtol(arguments[3], NULL, 10); round > 0; round--) {
        run_round(file, path);
    }

    for (unsigned status = 0; status < MOST_STATUS; status++) {
        if (met[status] > 0) {
            (void)printf("%s: %lu\n", cms_status_text((cms_status)status), met[status]);
        }
    }

    free(whole);
    free(damaged);
    return met[CMS_OK] > 0 && met[CMS_CORRUPT] > 0 && met[CMS_TRUNCATED] > 0 && met[CMS_NOT_FOUND] > 0 ? 0 : 1;
}
