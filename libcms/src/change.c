#include "change.h"

#include <stdio.h>

/* The members of a change whose values are texts, and where they go. */
static bool take_text_member(struct json *json, const char *name, struct json_text *op, cms_change *change)
{
    const struct {
        const char *name;
        const char **place;
    } members[] = {
        {"section", &change->section}, {"option", &change->option}, {"name", &change->name},
        {"type", &change->type},       {"table", &change->table},
    };
    struct json_text text;
    if (strcmp(name, "op") == 0) {
        return cms_json_take_text(json, op);
    }

    for (size_t index = 0; index < sizeof members / sizeof members[0]; index++) {
        if (strcmp(name, members[index].name) == 0) {
            const bool is_taken = cms_json_take_text(json, &text) && text.size <= CMS_NAME_SIZE && strlen(text.bytes) == text.size;
            *members[index].place = is_taken ? text.bytes : NULL;
            return is_taken;
        }
    }

    return cms_json_skip(json);
}

static bool take_row(struct json *json, locale_t locale, struct change_memory *memory, cms_change *change)
{
    struct json_text name;
    bool is_first = true;
    change->cells = memory->cells;
    change->cell_count = 0;
    if (!cms_json_enter(json, '{')) {
        return false;
    }

    while (cms_json_member(json, &is_first, &name)) {
        cms_cell *cell = &memory->cells[change->cell_count];
        if (change->cell_count == CMS_MOST_COLUMNS || !cms_json_take_scalar(json, locale, &cell->value, &cell->bytes)) {
            return false;
        }

        cell->column = name.bytes;
        change->cell_count++;
    }

    return !cms_json_failed(json);
}

static bool take_member(struct json *json, locale_t locale, struct change_memory *memory, const char *name, struct json_text *op, cms_change *change)
{
    int64_t number = 0;
    if (strcmp(name, "value") == 0) {
        return cms_json_take_value(json, locale, &memory->list, &change->value, &change->bytes);
    }

    if (strcmp(name, "row") == 0) {
        return take_row(json, locale, memory, change);
    }

    if (strcmp(name, "id") == 0) {
        const bool is_taken = cms_json_take_int(json, &number) && number >= 0;
        change->section_id = (uint64_t)number;
        return is_taken;
    }

    if (strcmp(name, "index") == 0) {
        const bool is_taken = cms_json_take_int(json, &number) && number >= 0;
        change->index = (size_t)number;
        return is_taken;
    }

    return take_text_member(json, name, op, change);
}

/* The kind, by the op and by whether there is an option. */
static bool find_kind(const char *op, cms_change *change)
{
    const bool has_option = change->option != NULL;
#define LOOK(NAME, number, wire_op, is_about_option)                                                                 \
    if (has_option == (is_about_option) && strcmp(op, wire_op) == 0) {                                               \
        change->kind = CMS_CHANGE_##NAME;                                                                            \
        return true;                                                                                                 \
    }
    CMS_CHANGES(LOOK)
#undef LOOK
    return false;
}

/* Whether what belongs to the kind is there. */
static bool is_whole(const cms_change *change)
{
    const bool is_of_table = change->kind >= CMS_CHANGE_CREATE_TABLE;
    const bool needs_name = change->kind == CMS_CHANGE_RENAME || change->kind == CMS_CHANGE_RENAME_SECTION;
    const bool needs_type = change->kind == CMS_CHANGE_ADD_SECTION || change->kind == CMS_CHANGE_SET_SECTION;
    return (is_of_table ? change->table : change->section) != NULL && (!needs_name || change->name != NULL)
        && (!needs_type || change->type != NULL) && (change->kind != CMS_CHANGE_SET || change->value.count > 0 || change->value.is_list)
        && (change->kind < CMS_CHANGE_INSERT_ROW || change->cell_count > 0);
}

bool cms_take_change(struct json *json, locale_t locale, struct change_memory *memory, cms_change *change)
{
    struct json_text name;
    struct json_text op = {0};
    bool is_first = true;
    *change = (cms_change){0};
    if (!cms_json_enter(json, '{')) {
        return false;
    }

    while (cms_json_member(json, &is_first, &name)) {
        if (!take_member(json, locale, memory, name.bytes, &op, change)) {
            return false;
        }
    }

    return !cms_json_failed(json) && op.bytes != NULL && find_kind(op.bytes, change) && is_whole(change);
}

bool cms_make_change_key(struct change_memory *memory, cms_change *change)
{
    const char *place = change->table != NULL ? change->table : change->section;
    const int size = change->option == NULL ? snprintf(memory->key, sizeof memory->key, "%s", place)
                                            : snprintf(memory->key, sizeof memory->key, "%s.%s", place, change->option);
    change->key = memory->key;
    return size >= 0 && (size_t)size < sizeof memory->key;
}
