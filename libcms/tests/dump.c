#include "dump.h"

#include <string.h>

enum { MOST_VALUE = 1 << 20 };

void write_hex(FILE *to, const void *bytes, size_t size)
{
    const unsigned char *next = bytes;
    if (size == 0) {
        (void)fputc('-', to);
    }

    for (size_t index = 0; index < size; index++) {
        (void)fprintf(to, "%02x", next[index]);
    }
}

bool read_hex(const char *text, unsigned char *bytes, size_t capacity, size_t *size)
{
    *size = 0;
    if (strcmp(text, "-") == 0) {
        return true;
    }

    for (; text[0] != '\0' && text[1] != '\0'; text += 2) {
        unsigned byte;
        if (*size == capacity || sscanf(text, "%2x", &byte) != 1) {
            return false;
        }

        bytes[(*size)++] = (unsigned char)byte;
    }

    return text[0] == '\0';
}

static bool same_value(const cms_value *one, const cms_value *other)
{
    return one->type == other->type && one->is_list == other->is_list && one->size == other->size && one->count == other->count
        && one->revision == other->revision
        && (one->is_list || one->type == CMS_TYPE_STRING || one->as_int == other->as_int);
}

/* Goes through the elements and adds up what they take. */
static cms_status check_array(const cms_snapshot *snapshot, const unsigned char *key, size_t key_size, const cms_value *value)
{
    static char element_text[MOST_VALUE + 1];
    cms_array array;
    cms_value element;
    cms_status status = cms_array_begin_at(snapshot, key, key_size, &array);
    size_t count = 0;
    size_t bytes = 0;
    if (status != CMS_OK) {
        return status;
    }

    while ((status = cms_array_next(&array, element_text, sizeof element_text, &element)) == CMS_OK) {
        count++;
        bytes += element.size;
    }

    if (status != CMS_END) {
        return status;
    }

    const bool is_text = value->type == CMS_TYPE_STRING;
    const size_t expected = !is_text ? 0 : value->is_list ? value->size - 4 * (1 + value->count) : value->size;
    return count == value->count && bytes == expected ? CMS_OK : CMS_INVALID_ARGUMENT;
}

/* The same option by its key. */
static cms_status check_key(const cms_snapshot *snapshot, const cms_section *section, const cms_option *option, const void *bytes)
{
    static unsigned char again[MOST_VALUE];
    unsigned char key[CMS_KEY_SIZE];
    size_t key_size;
    cms_value value;
    cms_status status = cms_section_key(section, option->name, key, &key_size);
    if (status != CMS_OK) {
        return status;
    }

    status = cms_snapshot_find(snapshot, key, key_size, again, sizeof again, &value);
    if (status != CMS_OK) {
        return status == CMS_NOT_FOUND ? CMS_INVALID_ARGUMENT : status;
    }

    if (!same_value(&value, &option->value) || memcmp(again, bytes, value.size) != 0) {
        return CMS_INVALID_ARGUMENT;
    }

    return check_array(snapshot, key, key_size, &value);
}

static void write_option(FILE *to, const cms_option *option, const unsigned char *bytes)
{
    const cms_value *value = &option->value;
    (void)fprintf(to, "option %s %d %c %llu ", option->name, (int)value->type, value->is_list ? 'l' : 's', (unsigned long long)value->revision);
    if (value->is_list || value->type == CMS_TYPE_STRING) {
        write_hex(to, bytes, value->size);
    } else {
        write_hex(to, &value->as_int, value->type == CMS_TYPE_BOOL ? 1 : sizeof value->as_int);
    }

    (void)fputc('\n', to);
}

static cms_status dump_options(const cms_snapshot *snapshot, const cms_section *section, FILE *to, size_t *steps)
{
    static unsigned char bytes[MOST_VALUE];
    cms_cursor cursor;
    cms_option option;
    cms_status status = cms_options_begin(snapshot, section, &cursor);
    while (status == CMS_OK && *steps > 0 && (status = cms_options_next(&cursor, &option, bytes, sizeof bytes)) == CMS_OK) {
        --*steps;
        status = check_key(snapshot, section, &option, bytes);
        if (status == CMS_OK && to != NULL) {
            write_option(to, &option, bytes);
        }
    }

    return status == CMS_END ? CMS_OK : status;
}

static cms_status check_section(const cms_snapshot *snapshot, const cms_section *section)
{
    cms_section again;
    cms_status status = cms_find_section_by_id(snapshot, section->id, &again);
    if (status == CMS_OK && section->name[0] != '\0') {
        status = cms_find_section(snapshot, section->name, &again);
    }

    if (status != CMS_OK) {
        return status == CMS_NOT_FOUND ? CMS_INVALID_ARGUMENT : status;
    }

    return again.id == section->id && again.revision == section->revision && again.option_count == section->option_count
            && strcmp(again.type, section->type) == 0 && strcmp(again.name, section->name) == 0
        ? CMS_OK
        : CMS_INVALID_ARGUMENT;
}

cms_status dump(const cms_snapshot *snapshot, FILE *to, size_t steps)
{
    cms_cursor cursor;
    cms_section section;
    cms_status status = cms_sections_begin(snapshot, &cursor);
    if (to != NULL) {
        (void)fprintf(to, "revision %llu\n", (unsigned long long)snapshot->revision);
    }

    while (status == CMS_OK && steps > 0 && (status = cms_sections_next(&cursor, &section)) == CMS_OK) {
        steps--;
        status = check_section(snapshot, &section);
        if (status != CMS_OK) {
            return status;
        }

        if (to != NULL) {
            (void)fprintf(to, "section %llu %llu %s %s\n", (unsigned long long)section.id, (unsigned long long)section.revision, section.type,
                section.name[0] != '\0' ? section.name : "-");
        }

        status = dump_options(snapshot, &section, to, &steps);
    }

    return status == CMS_END ? CMS_OK : status;
}
