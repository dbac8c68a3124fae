/* The elements of a list, read where they lie. A list is of one version as long as the stamp of its block is the same. */
#include "value.h"

struct array_request {
    cms_array *array;
    const struct file *file;
};

static cms_status extract_array(const struct found *found, void *context)
{
    struct array_request *request = context;
    cms_array *array = request->array;
    struct option_place place;
    const cms_status status = open_option(found, &place);
    if (status != CMS_OK) {
        return status;
    }

    array->value = (cms_value){
        .type = (cms_type)descriptor_type(found->descriptor),
        .is_list = descriptor_is_list(found->descriptor),
        .size = place.size,
        .count = 1,
        .revision = place.revision,
    };
    array->private_block = (uint64_t)(found->block - request->file->base);
    array->private_stamp = found->stamp;
    array->private_value_offset = (uint32_t)place.offset;
    if (array->value.is_list) {
        return cms_take_count(found, &place, &array->value.count);
    }

    return array->value.type == CMS_TYPE_STRING || place.size == (array->value.type == CMS_TYPE_BOOL ? 1 : WORD_SIZE) ? CMS_OK : CMS_CORRUPT;
}

cms_status cms_array_begin(cms_module *module, const void *key, size_t key_size, cms_array *array)
{
    *array = (cms_array){.private_module = module};
    struct array_request request = {.array = array, .file = &module->file};
    const cms_status status = find_newest(module, key, key_size, extract_array, &request);
    array->private_generation = status == CMS_OK ? module->generation : 0;
    return status;
}

cms_status cms_array_begin_at(const cms_snapshot *snapshot, const void *key, size_t key_size, cms_array *array)
{
    cms_module *module = snapshot->private_module;
    *array = (cms_array){.private_module = module};
    if (snapshot->private_generation != module->generation) {
        return CMS_TOO_OLD;
    }

    struct array_request request = {.array = array, .file = &module->file};
    struct key prepared;
    const cms_status status = prepare_key(&module->file, key, key_size, &prepared)
        ? find_at(&module->file, &prepared, snapshot->revision, extract_array, &request)
        : CMS_NOT_FOUND;
    array->private_generation = status == CMS_OK ? module->generation : 0;
    return status;
}

/* Where an element of a list of strings begins and how many bytes it has; false when it does not lie in the value. */
static bool place_string(const cms_array *array, const unsigned char *block, size_t *offset, size_t *size)
{
    const size_t table = array->private_value_offset + sizeof(uint32_t);
    const size_t head = sizeof(uint32_t) * (1 + array->value.count);
    const size_t entry = table + array->index * sizeof(uint32_t);
    const uint32_t start = array->index == 0 ? 0 : (uint32_t)load_bytes(block, entry - sizeof(uint32_t), sizeof(uint32_t));
    const uint32_t end = (uint32_t)load_bytes(block, entry, sizeof(uint32_t));
    *offset = array->private_value_offset + head + start;
    *size = end - start;
    return start <= end && end <= array->value.size - head;
}

static cms_status read_string(const cms_array *array, const unsigned char *block, char *buffer, size_t capacity, size_t *length)
{
    size_t offset = array->private_value_offset;
    *length = array->value.size;
    if (array->value.is_list && !place_string(array, block, &offset, length)) {
        *length = 0;
        return CMS_CORRUPT;
    }

    if (*length >= capacity) {
        return CMS_BUFFER_TOO_SMALL;
    }

    copy_out((unsigned char *)buffer, capacity, block, offset, *length);
    buffer[*length] = '\0';
    return CMS_OK;
}

static cms_status read_element(const cms_array *array, const unsigned char *block, char *buffer, size_t capacity, cms_value *element)
{
    size_t offset = array->private_value_offset;
    switch (element->type) {
    case CMS_TYPE_STRING:
        return read_string(array, block, buffer, capacity, &element->size);
    case CMS_TYPE_BOOL: {
        const uint64_t byte = load_bytes(block, offset + array->index, 1) & 0xFF;
        element->as_bool = byte == 1;
        return byte <= 1 ? CMS_OK : CMS_CORRUPT;
    }

    case CMS_TYPE_INT:
    case CMS_TYPE_FLOAT:
    default: {
        const uint64_t word = load_bytes(block, offset + array->index * WORD_SIZE, WORD_SIZE);
        memcpy(&element->as_int, &word, sizeof word);
        return CMS_OK;
    }
    }
}

cms_status cms_array_next(cms_array *array, char *buffer, size_t capacity, cms_value *element)
{
    const cms_module *module = array->private_module;
    *element = (cms_value){.type = array->value.type, .count = 1, .revision = array->value.revision};
    if (array->index >= array->value.count) {
        return CMS_END;
    }

    if (array->private_generation != module->generation) {
        return CMS_TOO_OLD;
    }

    const unsigned char *block = module->file.base + array->private_block;
    const cms_status status = read_element(array, block, buffer, capacity, element);
    if (reload_word(block) != array->private_stamp) {
        return CMS_TOO_OLD;
    }

    array->index += status == CMS_OK;
    return status;
}
