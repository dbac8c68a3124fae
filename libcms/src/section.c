/* Sections and options in order, at one revision. */
#include "list.h"
#include "value.h"

static const unsigned char module_key[] = {0};

struct module_request {
    uint64_t list;
};

static cms_status extract_module(const struct found *found, void *context)
{
    struct module_request *request = context;
    if (descriptor_is_deleted(found->descriptor)) {
        return CMS_NOT_FOUND;
    }

    if (descriptor_kind(found->descriptor) != KIND_MODULE || found->size < MODULE_LIST_OFFSET + WORD_SIZE) {
        return CMS_CORRUPT;
    }

    request->list = load_loose(found->block + MODULE_LIST_OFFSET);
    return CMS_OK;
}

static cms_status extract_section(const struct found *found, void *context)
{
    cms_section *section = context;
    if (descriptor_is_deleted(found->descriptor)) {
        return CMS_NOT_FOUND;
    }

    if (descriptor_kind(found->descriptor) != KIND_SECTION || descriptor_count(found->descriptor) != ID_SIZE
        || found->size < SECTION_TEXT_OFFSET) {
        return CMS_CORRUPT;
    }

    const uint64_t sizes = load_loose(found->block + SECTION_SIZES_OFFSET);
    const size_t type_size = sizes & 0xFF;
    const size_t name_size = sizes >> 8 & 0xFF;
    const uint64_t list = load_loose(found->block + SECTION_LIST_OFFSET);
    if (type_size + name_size > found->size - SECTION_TEXT_OFFSET) {
        return CMS_CORRUPT;
    }

    section->id = load_loose(found->block + KEY_OFFSET);
    section->revision = load_loose(found->block + SECTION_CHANGED_OFFSET);
    section->private_list = (uint32_t)list;
    section->option_count = list >> 32;
    copy_out((unsigned char *)section->type, sizeof section->type, found->block, SECTION_TEXT_OFFSET, type_size);
    copy_out((unsigned char *)section->name, sizeof section->name, found->block, SECTION_TEXT_OFFSET + type_size, name_size);
    section->type[type_size] = '\0';
    section->name[name_size] = '\0';
    return CMS_OK;
}

static cms_status extract_name(const struct found *found, void *context)
{
    size_t offset = KEY_OFFSET + descriptor_count(found->descriptor);
    if (descriptor_is_deleted(found->descriptor) || descriptor_kind(found->descriptor) != KIND_NAME) {
        return CMS_NOT_FOUND;
    }

    return take_varint(found->block, found->size, &offset, context) ? CMS_OK : CMS_CORRUPT;
}

struct option_request {
    struct value_request value;
    size_t key_size;
    unsigned char key[CMS_KEY_SIZE + 1];
};

static cms_status extract_option(const struct found *found, void *context)
{
    struct option_request *request = context;
    request->key_size = descriptor_count(found->descriptor);
    if (request->key_size > CMS_KEY_SIZE) {
        return CMS_CORRUPT;
    }

    copy_out(request->key, sizeof request->key, found->block, KEY_OFFSET, request->key_size);
    return extract_value(found, &request->value);
}

cms_status cms_find_section(const cms_snapshot *snapshot, const char *name, cms_section *section)
{
    uint64_t id;
    const cms_status status = find_in_snapshot(snapshot, name, strlen(name), extract_name, &id);
    return status == CMS_OK ? member_status(cms_find_section_by_id(snapshot, id, section)) : status;
}

cms_status cms_find_section_by_id(const cms_snapshot *snapshot, uint64_t id, cms_section *section)
{
    /* Other numbers are no ids, but perhaps the bytes of somebody's name. */
    const uint64_t largest = (UINT64_C(1) << 40) - 1;
    return id == 0 || id > largest ? CMS_NOT_FOUND : find_in_snapshot(snapshot, &id, sizeof id, extract_section, section);
}

/* What the keys of a section's options begin with, up to the dot. */
static size_t prefix_of(const cms_section *section, unsigned char *prefix)
{
    const size_t size = strlen(section->name);
    if (size == 0) {
        memcpy(prefix, &section->id, ID_SIZE);
        return ID_SIZE;
    }

    memcpy(prefix, section->name, size);
    return size;
}

cms_status cms_section_key(const cms_section *section, const char *option, unsigned char key[CMS_KEY_SIZE], size_t *key_size)
{
    const size_t size = strlen(option);
    if (size == 0 || size > CMS_NAME_SIZE) {
        return CMS_INVALID_ARGUMENT;
    }

    const size_t prefix = prefix_of(section, key);
    key[prefix] = '.';
    memcpy(key + prefix + 1, option, size);
    *key_size = prefix + 1 + size;
    return CMS_OK;
}

cms_status cms_sections_begin(const cms_snapshot *snapshot, cms_cursor *cursor)
{
    struct module_request request = {0};
    const cms_status status = find_in_snapshot(snapshot, module_key, sizeof module_key, extract_module, &request);
    *cursor = (cms_cursor){.private_snapshot = *snapshot};
    return status == CMS_OK        ? cms_list_begin(cursor, (uint32_t)request.list, request.list >> 32)
        : status == CMS_NOT_FOUND ? CMS_OK
                                  : status;
}

cms_status cms_sections_next(cms_cursor *cursor, cms_section *section)
{
    struct file *file = &cursor->private_snapshot.private_module->file;
    uint32_t slot;
    cms_status status = cms_list_peek(cursor, &slot);
    if (status == CMS_OK) {
        status = member_status(find_in_slot(file, slot, cursor->private_snapshot.revision, extract_section, section));
    }

    if (status == CMS_OK) {
        cms_list_pass(cursor);
    }

    return status;
}

cms_status cms_options_begin(const cms_snapshot *snapshot, const cms_section *section, cms_cursor *cursor)
{
    *cursor = (cms_cursor){.private_snapshot = *snapshot};
    if (snapshot->private_generation != snapshot->private_module->generation) {
        return CMS_TOO_OLD;
    }

    const size_t size = prefix_of(section, cursor->private_prefix);
    cursor->private_prefix[size] = '.';
    cursor->private_prefix_size = (uint32_t)size + 1;
    return cms_list_begin(cursor, section->private_list, section->option_count);
}

/* The name is what stands in the key behind the section's. */
static cms_status take_name(const cms_cursor *cursor, const struct option_request *request, cms_option *option)
{
    const size_t prefix = cursor->private_prefix_size;
    if (request->key_size <= prefix || request->key_size - prefix > CMS_NAME_SIZE
        || memcmp(request->key, cursor->private_prefix, prefix) != 0) {
        return CMS_CORRUPT;
    }

    option->name_size = request->key_size - prefix;
    memcpy(option->name, request->key + prefix, option->name_size);
    option->name[option->name_size] = '\0';
    return CMS_OK;
}

cms_status cms_options_next(cms_cursor *cursor, cms_option *option, void *buffer, size_t capacity)
{
    struct file *file = &cursor->private_snapshot.private_module->file;
    struct option_request request;
    uint32_t slot;
    request.value = (struct value_request){.buffer = buffer, .capacity = capacity};
    cms_status status = cms_list_peek(cursor, &slot);
    if (status != CMS_OK) {
        return status;
    }

    status = member_status(find_in_slot(file, slot, cursor->private_snapshot.revision, extract_option, &request));
    if (status != CMS_OK && status != CMS_BUFFER_TOO_SMALL) {
        return status;
    }

    option->value = request.value.value;
    if (take_name(cursor, &request, option) != CMS_OK) {
        return CMS_CORRUPT;
    }

    if (status == CMS_OK) {
        cms_list_pass(cursor);
    }

    return status;
}
