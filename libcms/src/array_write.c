/* Operations on lists. */
#include "transaction.h"

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

/* An operation whose value is all of the elements. */
static cms_status add_all(cms_transaction *transaction, const char *op, const char *key, const struct elements *elements)
{
    struct buffer *body = &transaction->body;
    bool is_right = cms_operation_begin(transaction, op) && cms_operation_key(transaction, key, strlen(key));
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

static cms_status push_one(cms_transaction *transaction, const char *key, const struct elements *one)
{
    cms_value element;
    const void *bytes;
    take(one, 0, &element, &bytes);
    return cms_array_push(transaction, key, strlen(key), &element, bytes);
}

static cms_status push_all(cms_transaction *transaction, const char *key, const struct elements *elements)
{
    return elements->count == 0 ? CMS_OK : add_all(transaction, "add_list", key, elements);
}

static cms_status set(cms_transaction *transaction, const char *key, size_t index, const struct elements *one)
{
    cms_value element;
    const void *bytes;
    take(one, 0, &element, &bytes);
    bool is_right = cms_operation_begin(transaction, "set") && cms_operation_key(transaction, key, strlen(key));
    if (is_right) {
        cms_operation_int(transaction, "index", index < INT32_MAX ? (int64_t)index : INT32_MAX);
        cms_operation_name(transaction, "value");
        is_right = cms_json_value(&transaction->body, transaction->node->locale, &element, bytes);
    }

    return cms_operation_end(transaction, is_right);
}

cms_status cms_array_remove(cms_transaction *transaction, const char *key, size_t index)
{
    bool is_right = cms_operation_begin(transaction, "delete") && cms_operation_key(transaction, key, strlen(key));
    if (is_right) {
        cms_operation_int(transaction, "index", index < INT32_MAX ? (int64_t)index : INT32_MAX);
    }

    return cms_operation_end(transaction, is_right);
}

#define DEFINE_EACH(name, TYPE, c_type, c_array)                                                                      \
    cms_status cms_array_create_##name(cms_transaction *transaction, const char *key, c_array elements, size_t count) \
    {                                                                                                                \
        return add_all(transaction, "set", key, &(struct elements){TYPE, elements, count});                                  \
    }                                                                                                                \
                                                                                                                     \
    cms_status cms_array_push_##name(cms_transaction *transaction, const char *key, c_type element)                   \
    {                                                                                                                \
        return push_one(transaction, key, &(struct elements){TYPE, &element, 1});                                        \
    }                                                                                                                \
                                                                                                                     \
    cms_status cms_array_push_many_##name(cms_transaction *transaction, const char *key, c_array elements, size_t count) \
    {                                                                                                                \
        return push_all(transaction, key, &(struct elements){TYPE, elements, count});                                    \
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
