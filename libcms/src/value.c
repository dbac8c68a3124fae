#include "value.h"

cms_status cms_take_number(const struct found *found, const struct option_place *place, struct scalar *scalar)
{
    uint64_t word;
    scalar->type = (cms_type)descriptor_type(found->descriptor);
    scalar->size = 0;
    if (place->size != (scalar->type == CMS_TYPE_BOOL ? 1 : WORD_SIZE)) {
        return CMS_CORRUPT;
    }

    word = load_bytes(found->block, place->offset, place->size);
    if (scalar->type == CMS_TYPE_BOOL) {
        word &= 0xFF;
        /* All of the number is set, so that it can be passed on whatever it is. */
        scalar->as_int = 0;
        scalar->as_bool = word == 1;
        return word <= 1 ? CMS_OK : CMS_CORRUPT;
    }

    memcpy(&scalar->as_int, &word, sizeof word);
    return CMS_OK;
}

cms_status cms_take_count(const struct found *found, const struct option_place *place, size_t *count)
{
    switch (descriptor_type(found->descriptor)) {
    case CMS_TYPE_STRING:
        if (place->size < sizeof(uint32_t)) {
            return CMS_CORRUPT;
        }

        *count = (uint32_t)load_bytes(found->block, place->offset, sizeof(uint32_t));
        return *count <= place->size / sizeof(uint32_t) - 1 ? CMS_OK : CMS_CORRUPT;
    case CMS_TYPE_BOOL:
        *count = place->size;
        return CMS_OK;
    default:
        *count = place->size / WORD_SIZE;
        return place->size % WORD_SIZE == 0 ? CMS_OK : CMS_CORRUPT;
    }
}

static size_t format(const cms_module *module, const struct scalar *scalar, char text[MOST_NUMBER_TEXT])
{
    switch (scalar->type) {
    case CMS_TYPE_INT:
        return cms_format_int(scalar->as_int, text);
    case CMS_TYPE_FLOAT:
        return cms_format_float(module->locale, scalar->as_float, text);
    default:
        return cms_format_int(scalar->as_bool, text);
    }
}

cms_status cms_finish_text(const cms_module *module, struct text_request *request, cms_status status, size_t *length)
{
    if (status == CMS_OK && request->number.type != CMS_TYPE_STRING) {
        char text[MOST_NUMBER_TEXT];
        request->length = format(module, &request->number, text);
        if (request->length >= request->capacity) {
            status = CMS_BUFFER_TOO_SMALL;
        } else {
            memcpy(request->buffer, text, request->length + 1);
        }
    }

    if (length != NULL) {
        *length = request->length;
    }

    return status;
}

bool cms_scalar_to_int(const cms_module *module, const struct scalar *scalar, int64_t *value)
{
    (void)module;
    switch (scalar->type) {
    case CMS_TYPE_INT:
        *value = scalar->as_int;
        return true;
    case CMS_TYPE_BOOL:
        *value = scalar->as_bool;
        return true;
    case CMS_TYPE_STRING:
        return cms_parse_int(scalar->text, scalar->size, value);
    default:
        return false;
    }
}

bool cms_scalar_to_float(const cms_module *module, const struct scalar *scalar, double *value)
{
    switch (scalar->type) {
    case CMS_TYPE_FLOAT:
        *value = scalar->as_float;
        return true;
    case CMS_TYPE_INT:
        *value = (double)scalar->as_int;
        return true;
    case CMS_TYPE_STRING:
        return cms_parse_float(module->locale, scalar->text, scalar->size, value);
    default:
        return false;
    }
}

bool cms_scalar_to_bool(const cms_module *module, const struct scalar *scalar, bool *value)
{
    (void)module;
    switch (scalar->type) {
    case CMS_TYPE_BOOL:
        *value = scalar->as_bool;
        return true;
    case CMS_TYPE_INT:
        *value = scalar->as_int == 1;
        return scalar->as_int == 0 || scalar->as_int == 1;
    case CMS_TYPE_STRING:
        return cms_parse_bool(scalar->text, scalar->size, value);
    default:
        return false;
    }
}
