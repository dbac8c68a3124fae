/* Lookups by key, of the newest value and at one revision. */
#include "head.h"
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

static __attribute__((noinline)) cms_status get_any_string(cms_module *module, const char *key, char *buffer, size_t capacity, size_t *length)
{
    struct text_request request;
    request.buffer = buffer;
    request.capacity = capacity;
    request.length = 0;
    const cms_status status = look_up(module, NULL, key, strlen(key), extract_text, &request);
    return cms_finish_text(module, &request, status, length);
}

cms_status cms_get_string(cms_module *module, const char *key, char *buffer, size_t capacity, size_t *length)
{
    struct head head;
    const struct file *file = &module->file;
    const enum head_result result = find_head(file, (const unsigned char *)key, strlen(key), &head);
    if (__builtin_expect(result == HEAD_FOUND, 1)) {
        if (__builtin_expect(head.value_size < capacity, 1)) {
            copy_value(file, &head, (unsigned char *)buffer, capacity);
            buffer[head.value_size] = '\0';
            if (length != NULL) {
                *length = head.value_size;
            }

            if (__builtin_expect(confirm_head(file, &head), 1)) {
                return CMS_OK;
            }
        }
    } else if (result == HEAD_MISSING && is_live(file)) {
        return CMS_NOT_FOUND;
    }

    return get_any_string(module, key, buffer, capacity, length);
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

static __attribute__((noinline)) cms_status find_any(cms_module *module, const void *key, size_t key_size, void *buffer, size_t capacity, cms_value *value)
{
    struct value_request request = {0};
    request.buffer = buffer;
    request.capacity = capacity;
    const cms_status status = look_up(module, NULL, key, key_size, extract_value, &request);
    *value = request.value;
    return status;
}

cms_status cms_find(cms_module *module, const void *key, size_t key_size, void *buffer, size_t capacity, cms_value *value)
{
    struct head head;
    const struct file *file = &module->file;
    const enum head_result result = find_head(file, key, key_size, &head);
    if (__builtin_expect(result == HEAD_FOUND, 1)) {
        if (__builtin_expect(head.value_size <= capacity, 1)) {
            take_plain_text(file, &head, buffer, capacity, value);
            if (__builtin_expect(confirm_head(file, &head), 1)) {
                return CMS_OK;
            }
        }
    } else if (result == HEAD_MISSING && is_live(file)) {
        return CMS_NOT_FOUND;
    }

    return find_any(module, key, key_size, buffer, capacity, value);
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
