/* Taking values out of option entries that were found (lookup.h). */
#ifndef CMS_VALUE_H
#define CMS_VALUE_H

#include "entry.h"
#include "number.h"

/* A scalar in memory of its own. */
struct scalar {
    cms_type type;
    size_t size;
    union {
        int64_t as_int;
        double as_float;
        bool as_bool;
    };
    unsigned char text[MOST_FLOAT_TEXT];
};

/* Text asked for by a caller, and the scalar when the option is no string. */
struct text_request {
    char *buffer;
    size_t capacity;
    size_t length;
    struct scalar number;
};

/* A value asked for by a caller, and where it lies in its block. */
struct value_request {
    cms_value value;
    unsigned char *buffer;
    size_t capacity;
    struct option_place place;
};

/* Where the value of an entry is; CMS_NOT_FOUND when the entry is deleted or none of an option. */
CMS_INLINE cms_status open_option(const struct found *found, struct option_place *place)
{
    if (CMS_RARELY(descriptor_is_deleted(found->descriptor) || descriptor_kind(found->descriptor) != KIND_OPTION)) {
        return CMS_NOT_FOUND;
    }

    return place_option(found, place) ? CMS_OK : CMS_CORRUPT;
}

/* Takes a scalar that is no string; a value of another size than its type's is damage. */
cms_status cms_take_number(const struct found *found, const struct option_place *place, struct scalar *scalar);

/* How many elements a value has. */
cms_status cms_take_count(const struct found *found, const struct option_place *place, size_t *count);

/* extract functions; their contexts are a text_request, a scalar and a value_request. */
CMS_INLINE cms_status extract_text(const struct found *found, void *context)
{
    struct text_request *request = context;
    struct option_place place;
    const cms_status status = open_option(found, &place);
    request->number.type = CMS_TYPE_STRING;
    if (CMS_RARELY(status != CMS_OK)) {
        return status;
    }

    if (CMS_RARELY(descriptor_is_list(found->descriptor))) {
        return CMS_WRONG_TYPE;
    }

    if (CMS_RARELY(descriptor_type(found->descriptor) != CMS_TYPE_STRING)) {
        return cms_take_number(found, &place, &request->number);
    }

    request->length = place.size;
    if (CMS_RARELY(place.size >= request->capacity)) {
        return CMS_BUFFER_TOO_SMALL;
    }

    copy_out((unsigned char *)request->buffer, request->capacity, found->block, place.offset, place.size);
    request->buffer[place.size] = '\0';
    return CMS_OK;
}

CMS_INLINE cms_status extract_scalar(const struct found *found, void *context)
{
    struct scalar *scalar = context;
    struct option_place place;
    const cms_status status = open_option(found, &place);
    if (status != CMS_OK) {
        return status;
    }

    if (descriptor_is_list(found->descriptor)) {
        return CMS_WRONG_TYPE;
    }

    if (descriptor_type(found->descriptor) != CMS_TYPE_STRING) {
        return cms_take_number(found, &place, scalar);
    }

    scalar->type = CMS_TYPE_STRING;
    scalar->size = place.size;
    if (place.size > sizeof scalar->text) {
        return CMS_WRONG_TYPE;
    }

    copy_out(scalar->text, sizeof scalar->text, found->block, place.offset, place.size);
    return CMS_OK;
}

CMS_INLINE cms_status extract_value(const struct found *found, void *context)
{
    struct value_request *request = context;
    cms_value *value = &request->value;
    cms_status status = open_option(found, &request->place);
    if (CMS_RARELY(status != CMS_OK)) {
        return status;
    }

    value->type = (cms_type)descriptor_type(found->descriptor);
    value->is_list = descriptor_is_list(found->descriptor);
    value->revision = request->place.revision;
    value->count = 1;
    value->size = request->place.size;
    if (!value->is_list && value->type != CMS_TYPE_STRING) {
        struct scalar scalar;
        status = cms_take_number(found, &request->place, &scalar);
        value->size = 0;
        value->as_int = scalar.as_int;
        return status;
    }

    if (value->is_list && (status = cms_take_count(found, &request->place, &value->count)) != CMS_OK) {
        return status;
    }

    if (CMS_RARELY(request->place.size > request->capacity)) {
        return CMS_BUFFER_TOO_SMALL;
    }

    copy_out(request->buffer, request->capacity, found->block, request->place.offset, request->place.size);
    return CMS_OK;
}

/* What a caller gets from a request that was carried out. */
cms_status cms_finish_text(const cms_module *module, struct text_request *request, cms_status status, size_t *length);

/* Converts as cms_get_int, cms_get_float and cms_get_bool say. */
#define CMS_DECLARE(name, type) bool cms_scalar_to_##name(const cms_module *module, const struct scalar *scalar, type *value);
CMS_NUMBERS(CMS_DECLARE)
#undef CMS_DECLARE

#endif
