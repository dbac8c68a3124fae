/*
 * Handles. A get from a handle that is current is four loads from shared memory and a copy out of the handle itself.
 *
 * Why that is right. A handle keeps, from a lookup that was answered by the head of a chain: the slot's word, the
 * head's stamp, and the decoded value. A current handle has loaded the same slot word, then the same stamp.
 * - A slot refers to a block only after that block's even stamp is stored and while the block is not free (section 7.1,
 *   3 of the format). So when the slot was loaded, the block was the head of this slot. Had it been rewritten since the
 *   handle read it, its stamp would have grown before the slot was pointed at it again, and the load of the stamp, being
 *   later, would show that. So it was the head, with the content that the handle keeps.
 * - Its revision was visible when the handle read it, and the newest version of a key is the head. So at the time of
 *   the load of the slot it was the newest version of all, and no newer one was visible.
 * - A key stays in its slot until it is cleared, so no other slot can have had a newer version.
 * The same holds for a head that is a tombstone: the answer kept is that there is no such option.
 *
 * A key that is in no slot is kept as missing with the counter in the bucket word of its home, loaded before all slots
 * where it could have been were seen without it: a fill after that raises this counter before its commit is visible.
 * There the bucket word, without the number of keys that passed, takes the place of the slot's word, and the header's
 * magic, which never changes, that of the stamp.
 *
 * The mark is loaded last, as after any answer (section 8).
 */
#include "handle.h"

enum {
    INT_KNOWN = 1,
    INT_REFUSED = 2,
    FLOAT_KNOWN = 4,
    FLOAT_REFUSED = 8,
    BOOL_KNOWN = 16,
    BOOL_REFUSED = 32,
    /* The value is a string, and all of it is in the handle. */
    TEXT_KEPT = 64,
};

CMS_INLINE bool is_current(const cms_handle *handle)
{
    const cms_module *module = handle->private_module;
    return handle->private_generation == module->generation
        && (load_word(handle->private_slot) & handle->private_slot_mask) == handle->private_slot_word
        && load_word(handle->private_block) == handle->private_stamp && is_live(&module->file);
}

cms_status cms_handle_init(cms_handle *handle, cms_module *module, const void *key, size_t key_size)
{
    *handle = (cms_handle){
        .private_module = module,
        .private_status = CMS_END,
        .private_key = key,
        .private_key_size = key_size,
    };
    return key_size > 0 && key_size <= CMS_KEY_SIZE ? CMS_OK : CMS_INVALID_ARGUMENT;
}

struct handle_request {
    struct found found;
    struct value_request value;
    unsigned char text[CMS_HANDLE_TEXT_SIZE];
};

static cms_status extract_for_handle(const struct found *found, void *context)
{
    struct handle_request *request = context;
    request->found = *found;
    const cms_status status = extract_value(found, &request->value);
    /* A longer value is read where it lies, each time. */
    return status == CMS_BUFFER_TOO_SMALL ? CMS_OK : status;
}

/* Whether any slot where the key could be has its tag. */
static bool has_tag(const struct file *file, const struct key *key)
{
    uint64_t bucket = home_of(file, key->hash);
    for (unsigned probe = 0; probe < MOST_PROBES; probe++) {
        const unsigned char *place = bucket_at(file, bucket);
        unsigned hits = match_tags(place, (uint32_t)(key->hash >> 32));
        for (; hits != 0; hits &= hits - 1) {
            if (load_word(place + (unsigned)__builtin_ctz(hits) * WORD_SIZE) != 0) {
                return true;
            }
        }

        if ((load_word(place + BUCKET_WORD_OFFSET) & PASSED_MASK) == 0) {
            return false;
        }

        bucket = bucket + 1 == file->bucket_count ? 0 : bucket + 1;
    }

    return false;
}

/*
 * Has the handle watch what its answer hangs on; nothing when the answer may change without a sign. A version that was
 * seen and then disturbed does no harm here: its stamp has grown, so the handle is not current.
 */
static void watch(cms_handle *handle, const struct file *file, const struct key *key, const struct handle_request *request)
{
    const struct found *found = &request->found;
    if (found->block != NULL) {
        if (found->block == found->head) {
            handle->private_slot = found->slot;
            handle->private_slot_mask = UINT64_MAX;
            handle->private_slot_word = found->slot_word;
            handle->private_block = found->block;
            handle->private_stamp = found->stamp;
            handle->private_generation = handle->private_module->generation;
        }

        return;
    }

    const unsigned char *bucket_word = bucket_at(file, home_of(file, key->hash)) + BUCKET_WORD_OFFSET;
    const uint64_t counter = load_word(bucket_word) & ~PASSED_MASK;
    if (!has_tag(file, key)) {
        handle->private_slot = bucket_word;
        handle->private_slot_mask = ~PASSED_MASK;
        handle->private_slot_word = counter;
        handle->private_block = file->base;
        handle->private_stamp = MAGIC;
        handle->private_generation = handle->private_module->generation;
    }
}

/* One lookup of the newest version; CMS_TOO_OLD to try again. */
static cms_status look(cms_handle *handle, struct file *file)
{
    struct handle_request request;
    struct key key;
    request.found.block = NULL;
    request.value.value = (cms_value){0};
    request.value.buffer = request.text;
    request.value.capacity = sizeof request.text;
    if (!prepare_key(file, handle->private_key, handle->private_key_size, &key)) {
        return CMS_NOT_FOUND;
    }

    const cms_status status = find_at(file, &key, load_header(file, VISIBLE_OFFSET), extract_for_handle, &request);
    handle->private_known = 0;
    if (status == CMS_OK || status == CMS_NOT_FOUND) {
        watch(handle, file, &key, &request);
        handle->private_value = request.value.value;
        memcpy(handle->private_text, request.text, sizeof request.text);
        const cms_value *value = &handle->private_value;
        if (status == CMS_OK && !value->is_list && value->type == CMS_TYPE_STRING && value->size <= CMS_HANDLE_TEXT_SIZE) {
            handle->private_known = TEXT_KEPT;
            memset(handle->private_text + value->size, 0, value->size < CMS_HANDLE_TEXT_SIZE);
        }
    }

    return status;
}

static cms_status resolve(cms_handle *handle)
{
    cms_module *module = handle->private_module;
    handle->private_generation = 0;
    for (unsigned attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        const cms_status status = look(handle, &module->file);
        if (!is_live(&module->file)) {
            const cms_status followed = cms_module_follow(module);
            if (followed == CMS_OK) {
                continue;
            }

            if (followed != CMS_END) {
                return handle->private_status = followed;
            }
        }

        if (status != CMS_TOO_OLD) {
            return handle->private_status = status;
        }
    }

    return handle->private_status = CMS_CORRUPT;
}

bool cms_handle_has_changed(const cms_handle *handle)
{
    return !is_current(handle);
}

cms_status cms_handle_refresh(cms_handle *handle)
{
    return is_current(handle) ? handle->private_status : resolve(handle);
}

/* The handle's value as a scalar; CMS_BUFFER_TOO_SMALL when it is too long to be kept in the handle. */
static cms_status scalar_of(const cms_handle *handle, struct scalar *scalar)
{
    const cms_value *value = &handle->private_value;
    if (value->is_list) {
        return CMS_WRONG_TYPE;
    }

    if (value->size > CMS_HANDLE_TEXT_SIZE) {
        return CMS_BUFFER_TOO_SMALL;
    }

    scalar->type = value->type;
    scalar->size = value->size;
    scalar->as_int = value->as_int;
    memcpy(scalar->text, handle->private_text, value->size);
    return CMS_OK;
}

#define DEFINE(name, type, known, refused)                                                                           \
    static __attribute__((noinline)) cms_status convert_##name(cms_handle *handle, type *value)                      \
    {                                                                                                                \
        struct scalar scalar;                                                                                        \
        cms_status status = cms_handle_refresh(handle);                                                              \
        if (status != CMS_OK) {                                                                                      \
            return status;                                                                                           \
        }                                                                                                            \
                                                                                                                     \
        status = scalar_of(handle, &scalar);                                                                         \
        if (status == CMS_BUFFER_TOO_SMALL) {                                                                        \
            const cms_module *module = handle->private_module;                                                       \
            status = find_newest(handle->private_module, handle->private_key, handle->private_key_size, extract_scalar, &scalar); \
            return status != CMS_OK                                ? status                                          \
                : cms_scalar_to_##name(module, &scalar, value) ? CMS_OK                                              \
                                                               : CMS_WRONG_TYPE;                                     \
        }                                                                                                            \
                                                                                                                     \
        if ((handle->private_known & (known | refused)) == 0) {                                                      \
            const bool is_one = status == CMS_OK && cms_scalar_to_##name(handle->private_module, &scalar, &handle->private_##name); \
            handle->private_known |= is_one ? known : refused;                                                       \
        }                                                                                                            \
                                                                                                                     \
        *value = handle->private_##name;                                                                             \
        return handle->private_known & known ? CMS_OK : CMS_WRONG_TYPE;                                              \
    }                                                                                                                \
                                                                                                                     \
    cms_status cms_handle_get_##name(cms_handle *handle, type *value)                                                \
    {                                                                                                                \
        if (__builtin_expect((handle->private_known & known) != 0 && is_current(handle), 1)) {                       \
            *value = handle->private_##name;                                                                         \
            return CMS_OK;                                                                                           \
        }                                                                                                            \
                                                                                                                     \
        return convert_##name(handle, value);                                                                        \
    }

DEFINE(int, int64_t, INT_KNOWN, INT_REFUSED)
DEFINE(float, double, FLOAT_KNOWN, FLOAT_REFUSED)
DEFINE(bool, bool, BOOL_KNOWN, BOOL_REFUSED)
#undef DEFINE

static __attribute__((noinline)) cms_status get_other_text(cms_handle *handle, char *buffer, size_t capacity, size_t *length)
{
    struct text_request request;
    request.buffer = buffer;
    request.capacity = capacity;
    request.length = 0;
    const cms_status status = find_newest(handle->private_module, handle->private_key, handle->private_key_size, extract_text, &request);
    return cms_finish_text(handle->private_module, &request, status, length);
}

static __attribute__((noinline)) cms_status get_text(cms_handle *handle, char *buffer, size_t capacity, size_t *length)
{
    const cms_status status = cms_handle_refresh(handle);
    const cms_value *value = &handle->private_value;
    const size_t size = value->size;
    if (CMS_RARELY(status != CMS_OK)) {
        return status;
    }

    if (CMS_RARELY((handle->private_known & TEXT_KEPT) == 0)) {
        return get_other_text(handle, buffer, capacity, length);
    }

    if (length != NULL) {
        *length = size;
    }

    if (CMS_RARELY(size >= capacity)) {
        return CMS_BUFFER_TOO_SMALL;
    }

    memcpy(buffer, handle->private_text, size);
    buffer[size] = '\0';
    return CMS_OK;
}

cms_status cms_handle_get_string(cms_handle *handle, char *buffer, size_t capacity, size_t *length)
{
    enum { SHORT_SIZE = 16 };
    const size_t size = handle->private_value.size;
    if (__builtin_expect((handle->private_known & TEXT_KEPT) != 0 && size < SHORT_SIZE && capacity >= SHORT_SIZE && is_current(handle), 1)) {
        /* With the zero byte behind it, by a copy of a fixed size: most values are short, and a call costs more than they do. */
        memcpy(buffer, handle->private_text, WORD_SIZE);
        memcpy(buffer + WORD_SIZE, handle->private_text + WORD_SIZE, WORD_SIZE);
        if (length != NULL) {
            *length = size;
        }

        return CMS_OK;
    }

    return get_text(handle, buffer, capacity, length);
}

cms_status cms_handle_find(cms_handle *handle, void *buffer, size_t capacity, cms_value *value)
{
    const cms_status status = cms_handle_refresh(handle);
    if (status != CMS_OK) {
        return status;
    }

    *value = handle->private_value;
    if (value->size > CMS_HANDLE_TEXT_SIZE) {
        return cms_find(handle->private_module, handle->private_key, handle->private_key_size, buffer, capacity, value);
    }

    if (value->size > capacity) {
        return CMS_BUFFER_TOO_SMALL;
    }

    if (value->size > 0) {
        memcpy(buffer, handle->private_text, value->size);
    }

    return CMS_OK;
}
