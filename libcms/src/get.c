/* Lookups by key, of the newest value and at one revision. */
#include "value.h"

/* Both kinds of lookup behind one name: snapshot is NULL for the newest. */
CMS_INLINE cms_status look_up(cms_module *module, const cms_snapshot *snapshot, const void *key, size_t size, extractor extract, void *context)
{
    if (snapshot == NULL) {
        return find_newest(module, key, size, extract, context);
    }

    if (snapshot->private_generation != module->generation) {
        return CMS_TOO_OLD;
    }

    struct key prepared;
    return prepare_key(&module->file, key, size, &prepared)
        ? find_at(&module->file, &prepared, snapshot->revision, extract, context)
        : CMS_NOT_FOUND;
}

cms_status cms_get_string(cms_module *module, const char *key, char *buffer, size_t capacity, size_t *length)
{
    struct text_request request;
    request.buffer = buffer;
    request.capacity = capacity;
    request.length = 0;
    const cms_status status = look_up(module, NULL, key, strlen(key), extract_text, &request);
    if (__builtin_expect(status == CMS_OK && request.number.type == CMS_TYPE_STRING && length != NULL, 1)) {
        *length = request.length;
        return CMS_OK;
    }

    return cms_finish_text(module, &request, status, length);
}

cms_status cms_snapshot_get_string(const cms_snapshot *snapshot, const char *key, char *buffer, size_t capacity, size_t *length)
{
    struct text_request request;
    request.buffer = buffer;
    request.capacity = capacity;
    request.length = 0;
    const cms_status status = look_up(snapshot->private_module, snapshot, key, strlen(key), extract_text, &request);
    return cms_finish_text(snapshot->private_module, &request, status, length);
}

#define DEFINE(name, type)                                                                                           \
    static cms_status get_##name(cms_module *module, const cms_snapshot *snapshot, const char *key, type *value)     \
    {                                                                                                                \
        struct scalar scalar;                                                                                        \
        const cms_status status = look_up(module, snapshot, key, strlen(key), extract_scalar, &scalar);              \
        return status != CMS_OK                                ? status                                              \
            : cms_scalar_to_##name(module, &scalar, value) ? CMS_OK                                                  \
                                                           : CMS_WRONG_TYPE;                                         \
    }                                                                                                                \
                                                                                                                     \
    cms_status cms_get_##name(cms_module *module, const char *key, type *value)                                      \
    {                                                                                                                \
        return get_##name(module, NULL, key, value);                                                                 \
    }                                                                                                                \
                                                                                                                     \
    cms_status cms_snapshot_get_##name(const cms_snapshot *snapshot, const char *key, type *value)                   \
    {                                                                                                                \
        return get_##name(snapshot->private_module, snapshot, key, value);                                           \
    }

CMS_NUMBERS(DEFINE)
#undef DEFINE

cms_status cms_find(cms_module *module, const void *key, size_t key_size, void *buffer, size_t capacity, cms_value *value)
{
    struct value_request request = {0};
    request.buffer = buffer;
    request.capacity = capacity;
    const cms_status status = look_up(module, NULL, key, key_size, extract_value, &request);
    *value = request.value;
    return status;
}

cms_status cms_snapshot_find(const cms_snapshot *snapshot, const void *key, size_t key_size, void *buffer, size_t capacity, cms_value *value)
{
    struct value_request request = {0};
    request.buffer = buffer;
    request.capacity = capacity;
    const cms_status status = look_up(snapshot->private_module, snapshot, key, key_size, extract_value, &request);
    *value = request.value;
    return status;
}
