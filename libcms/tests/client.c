/*
 * Changes modules as it is told, line by line, and answers each line with one, or with several and a dot.
 * Usage: client RUN_DIRECTORY. Words are separated by blanks; a dash stands for NULL. A typed value is TYPE:TEXT, as in
 * int:5; a string's bytes may be given in hexadecimal as hex:00ff.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dump_tables.h"

enum { MOST_LINE = 1 << 22, MOST_WORDS = 70000, MOST_BYTES = 1 << 20 };

struct command {
    const char *name;
    size_t least_words;
    cms_status (*run)(char **words, size_t count);
};

static const char *run_directory;
static cms_node *node;
static cms_transaction *transaction;
static cms_subscription *subscription;

static const char *or_null(const char *word)
{
    return strcmp(word, "-") == 0 ? NULL : word;
}

/* Takes TYPE:TEXT into a cell. */
static cms_cell cell_of(char *word, const char *column, unsigned char *bytes)
{
    char *text = strchr(word, ':');
    size_t size;
    if (text == NULL) {
        return cms_cell_string(column, word);
    }

    *text++ = '\0';
    if (strcmp(word, "hex") == 0 && read_hex(text, bytes, MOST_BYTES, &size)) {
        return cms_cell_bytes(column, bytes, size);
    }

    return strcmp(word, "int") == 0   ? cms_cell_int(column, strtoll(text, NULL, 10))
        : strcmp(word, "float") == 0 ? cms_cell_float(column, strtod(text, NULL))
        : strcmp(word, "bool") == 0  ? cms_cell_bool(column, *text == '1')
                                     : cms_cell_string(column, text);
}

/* Takes column=TYPE:TEXT into cells. */
static size_t cells_of(char **words, size_t count, cms_cell *cells)
{
    static unsigned char bytes[8][MOST_BYTES];
    for (size_t index = 0; index < count; index++) {
        char *value = strchr(words[index], '=');
        *value++ = '\0';
        cells[index] = cell_of(value, words[index], bytes[index % 8]);
    }

    return count;
}

static cms_status run_set(char **words, size_t count)
{
    static unsigned char bytes[MOST_BYTES];
    const cms_cell cell = cell_of(words[2], words[1], bytes);
    (void)count;
    switch (cell.value.type) {
    case CMS_TYPE_INT:
        return cms_set_int(transaction, words[1], cell.value.as_int);
    case CMS_TYPE_FLOAT:
        return cms_set_float(transaction, words[1], cell.value.as_float);
    case CMS_TYPE_BOOL:
        return cms_set_bool(transaction, words[1], cell.value.as_bool);
    case CMS_TYPE_STRING:
    default:
        return cell.bytes == bytes ? cms_set(transaction, words[1], strlen(words[1]), &cell.value, bytes) : cms_set_string(transaction, words[1], cell.bytes);
    }
}

/* Copies what an option of a module holds, under whatever key, to another key. */
static cms_status run_copy(char **words, size_t count)
{
    static unsigned char bytes[MOST_BYTES];
    unsigned char key[CMS_KEY_SIZE];
    size_t key_size;
    cms_module *module;
    cms_snapshot snapshot;
    cms_section section;
    cms_value value;
    (void)count;
    cms_status status = cms_open(words[1], run_directory, &module);
    if (status != CMS_OK) {
        return status;
    }

    status = cms_find(module, words[2], strlen(words[2]), bytes, sizeof bytes, &value);
    if (status == CMS_OK && words[3][0] == '#') {
        char *option = strchr(words[3], '.');
        (void)cms_snapshot_take(module, &snapshot);
        status = cms_find_section_by_id(&snapshot, strtoull(words[3] + 1, NULL, 10), &section);
        if (status == CMS_OK) {
            (void)cms_section_key(&section, option + 1, key, &key_size);
            status = cms_set(transaction, key, key_size, &value, bytes);
        }
    } else if (status == CMS_OK) {
        status = cms_set(transaction, words[3], strlen(words[3]), &value, bytes);
    }

    cms_close(module);
    return status;
}

static cms_status run_list(char **words, size_t count)
{
    static int64_t ints[MOST_WORDS];
    static double floats[MOST_WORDS];
    static bool bools[MOST_WORDS];
    const bool is_new = strcmp(words[0], "create") == 0;
    const char *key = words[2];
    const size_t elements = count - 3;
    for (size_t index = 0; index < elements; index++) {
        ints[index] = strtoll(words[3 + index], NULL, 10);
        floats[index] = strtod(words[3 + index], NULL);
        bools[index] = words[3 + index][0] == '1';
    }

    const char *const *strings = (const char *const *)(words + 3);
    switch (words[1][0]) {
    case 'i':
        return is_new ? cms_array_create_int(transaction, key, ints, elements) : cms_array_push_many_int(transaction, key, ints, elements);
    case 'f':
        return is_new ? cms_array_create_float(transaction, key, floats, elements) : cms_array_push_many_float(transaction, key, floats, elements);
    case 'b':
        return is_new ? cms_array_create_bool(transaction, key, bools, elements) : cms_array_push_many_bool(transaction, key, bools, elements);
    default:
        return is_new ? cms_array_create_string(transaction, key, strings, elements) : cms_array_push_many_string(transaction, key, strings, elements);
    }
}

static cms_status run_push(char **words, size_t count)
{
    static unsigned char bytes[MOST_BYTES];
    const cms_cell cell = cell_of(words[2], words[1], bytes);
    (void)count;
    switch (cell.value.type) {
    case CMS_TYPE_INT:
        return cms_array_push_int(transaction, words[1], cell.value.as_int);
    case CMS_TYPE_FLOAT:
        return cms_array_push_float(transaction, words[1], cell.value.as_float);
    case CMS_TYPE_BOOL:
        return cms_array_push_bool(transaction, words[1], cell.value.as_bool);
    case CMS_TYPE_STRING:
    default:
        return cell.bytes == bytes ? cms_array_push(transaction, words[1], strlen(words[1]), &cell.value, bytes)
                                   : cms_array_push_string(transaction, words[1], cell.bytes);
    }
}

static cms_status run_put(char **words, size_t count)
{
    static unsigned char bytes[MOST_BYTES];
    const size_t index = strtoul(words[2], NULL, 10);
    const cms_cell cell = cell_of(words[3], words[1], bytes);
    (void)count;
    switch (cell.value.type) {
    case CMS_TYPE_INT:
        return cms_array_set_int(transaction, words[1], index, cell.value.as_int);
    case CMS_TYPE_FLOAT:
        return cms_array_set_float(transaction, words[1], index, cell.value.as_float);
    case CMS_TYPE_BOOL:
        return cms_array_set_bool(transaction, words[1], index, cell.value.as_bool);
    case CMS_TYPE_STRING:
    default:
        return cms_array_set_string(transaction, words[1], index, cell.bytes);
    }
}

/* table NAME KEY column:type:size:index ... */
static cms_status run_table(char **words, size_t count)
{
    static cms_column columns[CMS_MOST_COLUMNS + 1];
    for (size_t index = 3; index < count; index++) {
        unsigned type = 0;
        unsigned way = 0;
        cms_column *column = &columns[index - 3];
        (void)sscanf(words[index], "%255[^:]:%u:%zu:%u", column->name, &type, &column->size, &way);
        column->type = (cms_type)type;
        column->index = (cms_index)way;
    }

    return cms_table_create(transaction, words[1], columns, count - 3, words[2]);
}

static cms_status run_row(char **words, size_t count)
{
    static cms_cell cells[CMS_MOST_COLUMNS + 1];
    const size_t cell_count = cells_of(words + 2, count - 2, cells);
    return strcmp(words[0], "insert") == 0   ? cms_table_insert(transaction, words[1], cells, cell_count)
        : strcmp(words[0], "update") == 0 ? cms_table_update(transaction, words[1], cells, cell_count)
                                          : cms_table_delete(transaction, words[1], cells);
}

static cms_status run_simple(char **words, size_t count)
{
    const char *name = words[0];
    return strcmp(name, "add") == 0 && count == 4 ? cms_add_section(transaction, words[1], or_null(words[2]), or_null(words[3]))
        : strcmp(name, "section") == 0 && count == 3 ? cms_set_section(transaction, words[1], words[2])
        : strcmp(name, "delete") == 0                ? cms_delete(transaction, words[1])
        : strcmp(name, "rename") == 0 && count == 3  ? cms_rename(transaction, words[1], words[2])
        : strcmp(name, "reorder") == 0 && count == 3 ? cms_reorder(transaction, words[1], strtoul(words[2], NULL, 10))
        : strcmp(name, "remove") == 0 && count == 3  ? cms_array_remove(transaction, words[1], strtoul(words[2], NULL, 10))
        : strcmp(name, "drop") == 0                  ? cms_table_drop(transaction, words[1])
        : strcmp(name, "expect") == 0                ? cms_expect(transaction, strtoull(words[1], NULL, 10))
        : strcmp(name, "note") == 0                  ? cms_message(transaction, words[1])
                                                     : CMS_UNSUPPORTED_VERSION;
}

static cms_status run_begin(char **words, size_t count)
{
    (void)count;
    return cms_begin(node, words[1], &transaction);
}

static cms_status run_commit(char **words, size_t count)
{
    uint64_t revision = 0;
    (void)words;
    (void)count;
    const cms_status status = cms_commit(transaction, &revision);
    (void)printf("%d %" PRIu64 " %s\n", (int)status, revision, cms_node_message(node));
    return CMS_END;
}

static cms_status run_rollback(char **words, size_t count)
{
    (void)words;
    (void)count;
    cms_rollback(transaction);
    transaction = NULL;
    return CMS_OK;
}

static cms_status run_node(char **words, size_t count)
{
    (void)count;
    if (strcmp(words[0], "timeout") == 0) {
        cms_node_timeout(node, atoi(words[1]));
        return CMS_OK;
    }

    cms_unsubscribe(subscription);
    subscription = NULL;
    cms_disconnect(node);
    return cms_connect(words[1], &node);
}

static cms_status run_subscribe(char **words, size_t count)
{
    (void)count;
    cms_unsubscribe(subscription);
    return cms_subscribe(node, words[1], strtoull(words[2], NULL, 10), &subscription);
}

static void print_value(const cms_value *value, const void *bytes)
{
    (void)printf(" %d%c", (int)value->type, value->is_list ? 'l' : 's');
    if (value->is_list || value->type == CMS_TYPE_STRING) {
        write_hex(stdout, bytes, value->size);
    } else {
        write_hex(stdout, &value->as_int, value->type == CMS_TYPE_BOOL ? 1 : sizeof value->as_int);
    }
}

static void print_change(const cms_change *change)
{
    (void)printf("0 %d r%" PRIu64 "%s #%" PRIu64 " %s", (int)change->kind, change->revision, change->is_last ? "!" : "", change->section_id, change->key);
    if (change->name != NULL) {
        (void)printf(" name=%s", change->name);
    }

    if (change->type != NULL) {
        (void)printf(" type=%s", change->type);
    }

    if (change->kind == CMS_CHANGE_REORDER) {
        (void)printf(" index=%zu", change->index);
    }

    if (change->kind == CMS_CHANGE_SET) {
        print_value(&change->value, change->bytes);
    }

    for (size_t index = 0; index < change->cell_count; index++) {
        (void)printf(" %s=", change->cells[index].column);
        print_value(&change->cells[index].value, change->cells[index].bytes);
    }

    (void)printf("\n");
}

static cms_status run_next(char **words, size_t count)
{
    cms_change change;
    (void)count;
    const cms_status status = cms_next_change(subscription, atoi(words[1]), &change);
    if (status != CMS_OK) {
        return status;
    }

    print_change(&change);
    return CMS_END;
}

/* All tables of a module. */
static cms_status run_tables(char **words, size_t count)
{
    cms_module *module;
    cms_snapshot snapshot;
    (void)count;
    cms_status status = cms_open(words[1], run_directory, &module);
    if (status == CMS_OK) {
        (void)cms_snapshot_take(module, &snapshot);
        status = dump_tables(&snapshot, stdout, SIZE_MAX);
        cms_close(module);
    }

    (void)printf("status %d\n.\n", (int)status);
    return CMS_END;
}

static cms_status find_rows(cms_module *module, char **words)
{
    cms_snapshot snapshot;
    cms_table table;
    cms_rows rows;
    cms_row row;
    cms_cell cell;
    (void)cms_snapshot_take(module, &snapshot);
    cms_status status = cms_table_open(&snapshot, words[2], &table);
    if (status == CMS_OK) {
        (void)cells_of(words + 3, 1, &cell);
        status = cms_table_find(&table, &cell, &rows);
    }

    while (status == CMS_OK && (status = cms_table_next(&rows, &row)) == CMS_OK) {
        (void)dump_row(&table, &row, stdout);
    }

    return status;
}

/* find MODULE TABLE column=TYPE:TEXT */
static cms_status run_find(char **words, size_t count)
{
    cms_module *module;
    (void)count;
    cms_status status = cms_open(words[1], run_directory, &module);
    if (status == CMS_OK) {
        status = find_rows(module, words);
        cms_close(module);
    }

    (void)printf("status %d\n.\n", (int)status);
    return CMS_END;
}

static const struct command commands[] = {
    {"set", 3, run_set},         {"copy", 4, run_copy},       {"create", 3, run_list},      {"many", 3, run_list},       {"push", 3, run_push},
    {"put", 4, run_put},         {"table", 3, run_table},     {"insert", 2, run_row},       {"update", 2, run_row},      {"unrow", 3, run_row},
    {"begin", 2, run_begin},     {"commit", 1, run_commit},   {"rollback", 1, run_rollback}, {"timeout", 2, run_node},   {"connect", 2, run_node},
    {"subscribe", 3, run_subscribe}, {"next", 2, run_next},   {"tables", 2, run_tables},    {"find", 4, run_find},       {"add", 4, run_simple},
    {"section", 3, run_simple},  {"delete", 2, run_simple},   {"rename", 3, run_simple},    {"reorder", 3, run_simple},  {"remove", 3, run_simple},
    {"drop", 2, run_simple},     {"expect", 2, run_simple},   {"note", 2, run_simple},
};

static bool answer(char **words, size_t count)
{
    for (size_t index = 0; index < sizeof commands / sizeof commands[0]; index++) {
        if (strcmp(words[0], commands[index].name) == 0 && count >= commands[index].least_words) {
            const cms_status status = commands[index].run(words, count);
            /* CMS_END: it has answered itself, but for a subscription or a list, which answer so. */
            if (status != CMS_END) {
                (void)printf("%d\n", (int)status);
            }

            return true;
        }
    }

    return false;
}

int main(int argument_count, char **arguments)
{
    static char line[MOST_LINE];
    static char *words[MOST_WORDS];
    run_directory = argument_count == 2 ? arguments[1] : "";
    (void)printf("%d\n", (int)cms_connect(run_directory, &node));
    (void)fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        size_t count = 0;
        line[strcspn(line, "\n")] = '\0';
        for (char *word = strtok(line, " "); word != NULL && count < MOST_WORDS; word = strtok(NULL, " ")) {
            words[count++] = word;
        }

        if (count == 0 || !answer(words, count)) {
            (void)fprintf(stderr, "what is %s?\n", line);
            return 2;
        }

        (void)fflush(stdout);
    }

    cms_unsubscribe(subscription);
    cms_disconnect(node);
    return 0;
}
