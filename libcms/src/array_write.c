/* Operations on lists. */
#include <stdlib.h>

#include "transaction.h"

enum { FIRST_ELEMENT_SIZE = 256 };

/* One of the caller's arrays, whose elements are of one type. */
struct elements {
    cms_type type;
    const void *first;
    size_t count;
};

static void take(const struct elements *elements, size_t index, cms_value *element, const void **bytes)
{
    *element = (cms_value){.type = elements->type, .count = 1};
    *bytes = NULL;
    switch (elements->type) {
    case CMS_TYPE_INT:
        element->as_int = ((const int64_t *)elements->first)[index];
        break;
    case CMS_TYPE_FLOAT:
        element->as_float = ((const double *)elements->first)[index];
        break;
    case CMS_TYPE_BOOL:
        element->as_bool = ((const bool *)elements->first)[index];
        break;
    case CMS_TYPE_STRING:
    default:
        *bytes = ((const char *const *)elements->first)[index];
        element->size = strlen(*bytes);
        break;
    }
}

static cms_status create(cms_transaction *transaction, const char *key, const struct elements *elements)
{
    struct buffer *body = &transaction->body;
    bool is_right = cms_operation_begin(transaction, "set") && cms_operation_key(transaction, key, strlen(key));
    if (is_right) {
        cms_operation_name(transaction, "value");
        cms_buffer_text(body, "[");
        for (size_t index = 0; index < elements->count && is_right; index++) {
            cms_value element;
            const void *bytes;
            take(elements, index, &element, &bytes);
            cms_buffer_text(body, index == 0 ? "" : ",");
            is_right = cms_json_value(body, transaction->node->locale, &element, bytes);
        }

        cms_buffer_text(body, "]");
    }

    return cms_operation_end(transaction, is_right);
}

cms_status cms_array_push(cms_transaction *transaction, const void *key, size_t key_size, const cms_value *element, const void *bytes)
{
    bool is_right = cms_operation_begin(transaction, "add_list") && cms_operation_key(transaction, key, key_size) && !element->is_list;
    if (is_right) {
        cms_operation_name(transaction, "value");
        is_right = cms_json_value(&transaction->body, transaction->node->locale, element, bytes);
    }

    return cms_operation_end(transaction, is_right);
}

/* All elements or none. */
static cms_status push(cms_transaction *transaction, const char *key, const struct elements *elements)
{
    const size_t size = transaction->body.size;
    const size_t operation_count = transaction->operation_count;
    const bool has_expected = transaction->has_expected;
    for (size_t index = 0; index < elements->count; index++) {
        cms_value element;
        const void *bytes;
        take(elements, index, &element, &bytes);
        const cms_status status = cms_array_push(transaction, key, strlen(key), &element, bytes);
        if (status != CMS_OK) {
            cms_buffer_cut(&transaction->body, size);
            transaction->operation_count = operation_count;
            transaction->has_expected = has_expected;
            return status;
        }
    }

    return CMS_OK;
}

cms_status cms_array_remove(cms_transaction *transaction, const char *key, size_t index)
{
    bool is_right = cms_operation_begin(transaction, "delete") && cms_operation_key(transaction, key, strlen(key));
    if (is_right) {
        cms_operation_int(transaction, "index", index < INT32_MAX ? (int64_t)index : INT32_MAX);
    }

    return cms_operation_end(transaction, is_right);
}

/* The next element, in a buffer that grows as needed. */
static cms_status read_element(cms_array *array, char **buffer, size_t *capacity, cms_value *element)
{
    cms_status status;
    while ((status = cms_array_next(array, *buffer, *capacity, element)) == CMS_BUFFER_TOO_SMALL) {
        char *larger = realloc(*buffer, element->size + FIRST_ELEMENT_SIZE);
        if (larger == NULL) {
            return CMS_NO_MEMORY;
        }

        *buffer = larger;
        *capacity = element->size + FIRST_ELEMENT_SIZE;
    }

    return status;
}

/* Writes the elements that are there, but for one. */
static cms_status copy_elements(cms_transaction *transaction, cms_array *array, size_t changed, const cms_value *value, const void *bytes)
{
    struct buffer *body = &transaction->body;
    char *buffer = NULL;
    size_t capacity = 0;
    cms_value element;
    cms_status status;
    size_t index = 0;
    for (; (status = read_element(array, &buffer, &capacity, &element)) == CMS_OK; index++) {
        const bool is_changed = index == changed;
        cms_buffer_text(body, index == 0 ? "[" : ",");
        (void)cms_json_value(body, transaction->node->locale, is_changed ? value : &element, is_changed ? bytes : buffer);
    }

    cms_buffer_text(body, "]");
    free(buffer);
    return status == CMS_END ? CMS_OK : status;
}

/* Writes the whole list again, as it is in the segment now. */
static cms_status replace(cms_transaction *transaction, cms_module *module, const char *key, size_t index, const cms_value *value, const void *bytes)
{
    cms_array array;
    cms_status status = cms_array_begin(module, key, strlen(key), &array);
    if (status != CMS_OK) {
        return status;
    }

    if (!array.value.is_list || array.value.type != value->type) {
        return CMS_WRONG_TYPE;
    }

    if (index >= array.value.count) {
        return CMS_NOT_FOUND;
    }

    const bool is_begun = cms_operation_begin(transaction, "set") && cms_operation_key(transaction, key, strlen(key));
    if (is_begun) {
        cms_operation_name(transaction, "value");
        status = copy_elements(transaction, &array, index, value, bytes);
    }

    if (status != CMS_OK) {
        cms_buffer_cut(&transaction->body, transaction->begin);
        return status;
    }

    const bool had_expected = transaction->has_expected;
    transaction->has_expected = true;
    transaction->expected = had_expected ? transaction->expected : array.value.revision;
    status = cms_operation_end(transaction, is_begun);
    transaction->has_expected = status != CMS_OK && had_expected;
    return status;
}

/* Whether an operation of this transaction is about this option already; every one writes its address in the same way. */
static bool is_mentioned(cms_transaction *transaction, const char *key)
{
    struct buffer *body = &transaction->body;
    const size_t size = body->size;
    bool is_there = true;
    if (cms_operation_key(transaction, key, strlen(key)) && body->status == CMS_OK) {
        is_there = size > 0 && memmem(body->bytes, size, body->bytes + size, body->size - size) != NULL;
    }

    cms_buffer_cut(body, size);
    return is_there;
}

static cms_status set(cms_transaction *transaction, const char *key, size_t index, const struct elements *one)
{
    enum { MOST_ATTEMPTS_TO_COPY = 100 };
    cms_module *module;
    cms_value value;
    const void *bytes;
    if (transaction->is_sealed || key[0] == '@' || key[0] == '#' || key[0] == '+' || is_mentioned(transaction, key)) {
        return CMS_INVALID_ARGUMENT;
    }

    cms_status status = cms_open(transaction->module, transaction->node->run_directory, &module);
    if (status != CMS_OK) {
        return status;
    }

    take(one, 0, &value, &bytes);
    unsigned attempt = 0;
    do {
        status = replace(transaction, module, key, index, &value, bytes);
    } while (status == CMS_TOO_OLD && ++attempt < MOST_ATTEMPTS_TO_COPY);
    cms_close(module);
    return status;
}

#define DEFINE_EACH(name, TYPE, c_type, c_array)                                                                      \
    cms_status cms_array_create_##name(cms_transaction *transaction, const char *key, c_array elements, size_t count) \
    {                                                                                                                \
        return create(transaction, key, &(struct elements){TYPE, elements, count});                                  \
    }                                                                                                                \
                                                                                                                     \
    cms_status cms_array_push_##name(cms_transaction *transaction, const char *key, c_type element)                   \
    {                                                                                                                \
        return push(transaction, key, &(struct elements){TYPE, &element, 1});                                        \
    }                                                                                                                \
                                                                                                                     \
    cms_status cms_array_push_many_##name(cms_transaction *transaction, const char *key, c_array elements, size_t count) \
    {                                                                                                                \
        return push(transaction, key, &(struct elements){TYPE, elements, count});                                    \
    }                                                                                                                \
                                                                                                                     \
    cms_status cms_array_set_##name(cms_transaction *transaction, const char *key, size_t index, c_type element)      \
    {                                                                                                                \
        return set(transaction, key, index, &(struct elements){TYPE, &element, 1});                                  \
    }
DEFINE_EACH(string, CMS_TYPE_STRING, const char *, const char *const *)
DEFINE_EACH(int, CMS_TYPE_INT, int64_t, const int64_t *)
DEFINE_EACH(float, CMS_TYPE_FLOAT, double, const double *)
DEFINE_EACH(bool, CMS_TYPE_BOOL, bool, const bool *)
