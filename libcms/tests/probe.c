/*
 * Asks the library what a test types. Usage: probe SEGMENT; each line of the standard input is a command, each line of
 * the standard output its answer. Keys and texts are in hexadecimal.
 *
 *   dump               the whole module, ended by a line "."
 *   tables             all tables, likewise
 *   get KEY            "string STATUS TEXT int STATUS NUMBER float STATUS NUMBER bool STATUS NUMBER"
 *   handle KEY         the same by a handle, which is kept for the next time
 *   many KEY...        the statuses and texts, by one call
 *   handles KEY...     the same by a handle for each key
 *   snapshot           takes a snapshot: its revision
 *   at KEY             as get, from the snapshot
 *   array KEY          begins a list: "STATUS COUNT"
 *   next               "STATUS TEXT"
 *   wait SEEN MS       "STATUS REVISION"
 *   changed KEY        whether the handle's next answer may be another: "1" or "0"
 *   watch KEY MS       waits for the handle of the key: "STATUS"
 *   revision           "STATUS REVISION"
 *   stop N             "ok"; the next command says "stopped" before its Nth load from the segment, from 0, and goes on
 *                      after any line
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dump_tables.h"

enum { MOST_HANDLES = 1024, MOST_TEXT = 1 << 16, MOST_LINE = 1 << 17, MOST_QUERIES = 128, MOST_VALUE = 8192, EVERYTHING = 1 << 24 };

struct named_handle {
    unsigned char key[CMS_KEY_SIZE];
    size_t size;
    cms_handle handle;
};

static cms_module *module;
static struct named_handle handles[MOST_HANDLES];
static unsigned handle_count;
static cms_snapshot snapshot;
static cms_array array;
static char text[MOST_TEXT];

static cms_handle *handle_of(const unsigned char *key, size_t size)
{
    for (unsigned index = 0; index < handle_count; index++) {
        if (handles[index].size == size && memcmp(handles[index].key, key, size) == 0) {
            return &handles[index].handle;
        }
    }

    if (handle_count == MOST_HANDLES) {
        (void)fprintf(stderr, "too many handles\n");
        exit(1);
    }

    struct named_handle *made = &handles[handle_count++];
    memcpy(made->key, key, size);
    made->size = size;
    (void)cms_handle_init(&made->handle, module, made->key, size);
    return &made->handle;
}

#ifdef CMS_TEST_LOADS
extern void (*cms_before_load)(void);
static long loads_left = -1;

static void stop_at_load(void)
{
    char line[8];
    if (loads_left-- == 0) {
        cms_before_load = NULL;
        (void)printf("stopped\n");
        (void)fflush(stdout);
        (void)fgets(line, sizeof line, stdin);
    }
}

static bool stop_at(const char *number)
{
    loads_left = atol(number);
    (void)printf("ok\n");
    return true;
}

static void begin_command(void)
{
    cms_before_load = loads_left >= 0 ? stop_at_load : NULL;
}

static void end_command(void)
{
    cms_before_load = NULL;
    loads_left = -1;
}
#else
static bool stop_at(const char *number)
{
    (void)number;
    return false;
}

static void begin_command(void)
{
}

static void end_command(void)
{
}
#endif

static void answer_text(cms_status status, size_t length)
{
    (void)printf("string %d ", (int)status);
    write_hex(stdout, text, status == CMS_OK ? length : 0);
}

/* The numbers by the three functions whose names begin so. */
#define ANSWER_NUMBERS(prefix, source, ...)                                                                          \
    do {                                                                                                             \
        int64_t int_value = 0;                                                                                       \
        double float_value = 0;                                                                                      \
        bool bool_value = false;                                                                                     \
        uint64_t bits = 0;                                                                                           \
        cms_status converted = prefix##_int(source __VA_ARGS__, &int_value);                                         \
        (void)printf(" int %d %" PRId64, (int)converted, converted == CMS_OK ? int_value : 0);                       \
        converted = prefix##_float(source __VA_ARGS__, &float_value);                                                \
        memcpy(&bits, &float_value, sizeof bits);                                                                    \
        (void)printf(" float %d %016" PRIx64, (int)converted, converted == CMS_OK ? bits : 0);                       \
        converted = prefix##_bool(source __VA_ARGS__, &bool_value);                                                  \
        (void)printf(" bool %d %d\n", (int)converted, converted == CMS_OK && bool_value);                            \
    } while (0)

#define COMMA_KEY , key

static void get(const char *key)
{
    size_t length = 0;
    const cms_status status = cms_get_string(module, key, text, sizeof text, &length);
    answer_text(status, length);
    ANSWER_NUMBERS(cms_get, module, COMMA_KEY);
}

static void get_at(const char *key)
{
    size_t length = 0;
    const cms_status status = cms_snapshot_get_string(&snapshot, key, text, sizeof text, &length);
    answer_text(status, length);
    ANSWER_NUMBERS(cms_snapshot_get, &snapshot, COMMA_KEY);
}

static void get_by_handle(cms_handle *handle)
{
    size_t length = 0;
    const cms_status status = cms_handle_get_string(handle, text, sizeof text, &length);
    answer_text(status, length);
    ANSWER_NUMBERS(cms_handle_get, handle, );
}

static void answer_value(cms_status status, const cms_value *value, const char *bytes)
{
    (void)printf(" %d ", (int)status);
    if (status != CMS_OK) {
        (void)printf("-");
    } else if (value->is_list || value->type == CMS_TYPE_STRING) {
        write_hex(stdout, bytes, value->size);
    } else {
        write_hex(stdout, &value->as_int, value->type == CMS_TYPE_BOOL ? 1 : sizeof value->as_int);
    }
}

static void get_many(char *keys, bool by_handles)
{
    static unsigned char key_bytes[MOST_QUERIES][CMS_KEY_SIZE + 1];
    static char texts[MOST_QUERIES][MOST_VALUE];
    cms_query queries[MOST_QUERIES];
    size_t count = 0;
    for (char *key = strtok(keys, " "); key != NULL && count < MOST_QUERIES; key = strtok(NULL, " "), count++) {
        queries[count] = (cms_query){.key = key_bytes[count], .buffer = texts[count], .capacity = sizeof texts[count]};
        (void)read_hex(key, key_bytes[count], CMS_KEY_SIZE, &queries[count].key_size);
    }

    cms_status status = CMS_OK;
    for (size_t index = 0; by_handles && index < count; index++) {
        cms_query *query = &queries[index];
        query->status = cms_handle_find(handle_of(query->key, query->key_size), query->buffer, query->capacity, &query->value);
    }

    if (!by_handles) {
        status = cms_find_many(module, queries, count, NULL);
    }

    /* Nothing is written before all is read, since a test may have a read stop. */
    (void)printf("%d", (int)status);
    for (size_t index = 0; index < count; index++) {
        answer_value(queries[index].status, &queries[index].value, texts[index]);
    }

    (void)printf("\n");
}

static void dump_every_table(void)
{
    cms_snapshot all;
    cms_status status = cms_snapshot_take(module, &all);
    if (status == CMS_OK) {
        status = dump_tables(&all, stdout, EVERYTHING);
    }

    (void)printf("status %d\n.\n", (int)status);
}

static void dump_all(void)
{
    cms_snapshot all;
    cms_status status = cms_snapshot_take(module, &all);
    if (status == CMS_OK) {
        status = dump(&all, stdout, EVERYTHING);
    }

    (void)printf("status %d\n.\n", (int)status);
}

static void next_element(void)
{
    cms_value element;
    const cms_status status = cms_array_next(&array, text, sizeof text, &element);
    (void)printf("%d ", (int)status);
    write_hex(stdout, element.type == CMS_TYPE_STRING ? (const void *)text : &element.as_int,
        status != CMS_OK ? 0 : element.type == CMS_TYPE_STRING ? element.size : sizeof element.as_int);
    (void)printf("\n");
}

/* Commands with a key, and perhaps a number behind it. */
static bool answer_about(const char *command, char *argument)
{
    unsigned char key[CMS_KEY_SIZE + 1] = {0};
    size_t size = 0;
    int timeout_ms = 0;
    char *number = strchr(argument, ' ');
    if (number != NULL) {
        *number = '\0';
        timeout_ms = atoi(number + 1);
    }

    if (!read_hex(argument, key, CMS_KEY_SIZE, &size)) {
        return false;
    }

    if (strcmp(command, "get") == 0) {
        get((const char *)key);
    } else if (strcmp(command, "at") == 0) {
        get_at((const char *)key);
    } else if (strcmp(command, "handle") == 0) {
        get_by_handle(handle_of(key, size));
    } else if (strcmp(command, "watch") == 0) {
        (void)printf("%d\n", (int)cms_handle_wait(handle_of(key, size), timeout_ms));
    } else if (strcmp(command, "changed") == 0) {
        (void)printf("%d\n", cms_handle_has_changed(handle_of(key, size)));
    } else if (strcmp(command, "array") == 0) {
        const cms_status status = cms_array_begin(module, key, size, &array);
        (void)printf("%d %zu\n", (int)status, array.value.count);
    } else {
        return false;
    }

    return true;
}

static bool answer(char *line)
{
    uint64_t revision = 0;
    char *argument = line + strcspn(line, " ");
    if (*argument == ' ') {
        *argument++ = '\0';
    }

    if (strcmp(line, "dump") == 0) {
        dump_all();
    } else if (strcmp(line, "tables") == 0) {
        dump_every_table();
    } else if (strcmp(line, "many") == 0) {
        get_many(argument, false);
    } else if (strcmp(line, "handles") == 0) {
        get_many(argument, true);
    } else if (strcmp(line, "next") == 0) {
        next_element();
    } else if (strcmp(line, "snapshot") == 0) {
        const cms_status status = cms_snapshot_take(module, &snapshot);
        (void)printf("%d %" PRIu64 "\n", (int)status, snapshot.revision);
    } else if (strcmp(line, "revision") == 0) {
        const cms_status status = cms_revision(module, &revision);
        (void)printf("%d %" PRIu64 "\n", (int)status, revision);
    } else if (strcmp(line, "wait") == 0) {
        uint64_t seen = 0;
        int timeout_ms = 0;
        (void)sscanf(argument, "%" SCNu64 " %d", &seen, &timeout_ms);
        const cms_status status = cms_wait(module, seen, timeout_ms, &revision);
        (void)printf("%d %" PRIu64 "\n", (int)status, revision);
    } else {
        return answer_about(line, argument);
    }

    return true;
}

int main(int count, char **arguments)
{
    static char line[MOST_LINE];
    const cms_status status = count == 2 ? cms_open_file(arguments[1], &module) : CMS_INVALID_ARGUMENT;
    (void)printf("%d %s\n", (int)status, cms_status_text(status));
    (void)fflush(stdout);
    while (status == CMS_OK && fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "stop ", 5) == 0) {
            if (!stop_at(line + 5)) {
                return 2;
            }

            (void)fflush(stdout);
            continue;
        }

        begin_command();
        const bool is_known = answer(line);
        end_command();
        if (!is_known) {
            (void)fprintf(stderr, "what is %s?\n", line);
            return 2;
        }

        (void)fflush(stdout);
    }

    cms_close(module);
    return status == CMS_OK ? 0 : 1;
}
