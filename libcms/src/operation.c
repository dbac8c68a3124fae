/* Operations on sections and options. */
#include <ctype.h>
#include <stdio.h>

#include "layout.h"
#include "transaction.h"

bool cms_operation_begin(cms_transaction *transaction, const char *op)
{
    transaction->begin = transaction->body.size;
    if (transaction->is_sealed || transaction->operation_count == CMS_MOST_OPERATIONS) {
        return false;
    }

    cms_buffer_text(&transaction->body, transaction->operation_count == 0 ? "{\"op\":\"" : ",{\"op\":\"");
    cms_buffer_text(&transaction->body, op);
    cms_buffer_text(&transaction->body, "\"");
    return true;
}

cms_status cms_operation_end(cms_transaction *transaction, bool is_right)
{
    struct buffer *body = &transaction->body;
    if (transaction->operation_count == CMS_MOST_OPERATIONS) {
        return CMS_TOO_LARGE;
    }

    if (is_right && transaction->has_expected) {
        cms_operation_int(transaction, "expected", (int64_t)transaction->expected);
    }

    cms_buffer_text(body, "}");
    const cms_status status = !is_right ? CMS_INVALID_ARGUMENT : body->status;
    if (status != CMS_OK) {
        cms_buffer_cut(body, transaction->begin);
        return status;
    }

    transaction->operation_count++;
    transaction->has_expected = false;
    return CMS_OK;
}

void cms_operation_name(cms_transaction *transaction, const char *name)
{
    cms_buffer_text(&transaction->body, ",\"");
    cms_buffer_text(&transaction->body, name);
    cms_buffer_text(&transaction->body, "\":");
}

bool cms_operation_text(cms_transaction *transaction, const char *name, const char *text)
{
    cms_operation_name(transaction, name);
    return text != NULL && text[0] != '\0' && cms_json_text(&transaction->body, text, strlen(text));
}

void cms_operation_int(cms_transaction *transaction, const char *name, int64_t number)
{
    cms_operation_name(transaction, name);
    cms_json_int(&transaction->body, number);
}

/* Where the name of the option begins in a key; 0 when the key has none. What no option is called belongs to the section. */
static size_t find_option(const char *key, size_t size)
{
    size_t begin = size;
    while (begin > 0 && (isalnum((unsigned char)key[begin - 1]) || key[begin - 1] == '_')) {
        begin--;
    }

    return begin > 1 && begin < size && key[begin - 1] == '.' ? begin : 0;
}

static bool add_member(cms_transaction *transaction, const char *name, const char *text, size_t size)
{
    cms_operation_name(transaction, name);
    return cms_json_text(&transaction->body, text, size);
}

bool cms_operation_key(cms_transaction *transaction, const void *key, size_t key_size)
{
    const char *text = key;
    if (key_size > ID_SIZE + 1 && text[ID_SIZE] == '.' && text[ID_SIZE - 1] == '\0') {
        char section[32];
        uint64_t id;
        memcpy(&id, key, sizeof id);
        (void)snprintf(section, sizeof section, "#%llu", (unsigned long long)id);
        return cms_operation_text(transaction, "section", section) && add_member(transaction, "option", text + ID_SIZE + 1, key_size - ID_SIZE - 1);
    }

    const size_t option = find_option(text, key_size);
    return option > 0 && add_member(transaction, "section", text, option - 1) && add_member(transaction, "option", text + option, key_size - option);
}

bool cms_operation_address(cms_transaction *transaction, const char *key, bool *is_option)
{
    *is_option = find_option(key, strlen(key)) > 0;
    return *is_option ? cms_operation_key(transaction, key, strlen(key)) : cms_operation_text(transaction, "section", key);
}

cms_status cms_set(cms_transaction *transaction, const void *key, size_t key_size, const cms_value *value, const void *bytes)
{
    bool is_right = cms_operation_begin(transaction, "set") && cms_operation_key(transaction, key, key_size);
    if (is_right) {
        cms_operation_name(transaction, "value");
        is_right = cms_json_value(&transaction->body, transaction->node->locale, value, bytes);
    }

    return cms_operation_end(transaction, is_right);
}

cms_status cms_set_string(cms_transaction *transaction, const char *key, const char *value)
{
    const cms_value string = {.type = CMS_TYPE_STRING, .size = strlen(value), .count = 1};
    return cms_set(transaction, key, strlen(key), &string, value);
}

cms_status cms_set_int(cms_transaction *transaction, const char *key, int64_t value)
{
    return cms_set(transaction, key, strlen(key), &(cms_value){.type = CMS_TYPE_INT, .count = 1, .as_int = value}, NULL);
}

cms_status cms_set_float(cms_transaction *transaction, const char *key, double value)
{
    return cms_set(transaction, key, strlen(key), &(cms_value){.type = CMS_TYPE_FLOAT, .count = 1, .as_float = value}, NULL);
}

cms_status cms_set_bool(cms_transaction *transaction, const char *key, bool value)
{
    return cms_set(transaction, key, strlen(key), &(cms_value){.type = CMS_TYPE_BOOL, .count = 1, .as_bool = value}, NULL);
}

cms_status cms_add_section(cms_transaction *transaction, const char *type, const char *name, const char *key)
{
    char made_up[32];
    if (name == NULL && key == NULL) {
        /* The daemon wants to call it something; no text of a caller begins like this. */
        (void)snprintf(made_up, sizeof made_up, " %zu", transaction->operation_count);
        key = made_up;
    }

    const bool is_right = cms_operation_begin(transaction, "add") && cms_operation_text(transaction, "type", type)
        && (name == NULL || cms_operation_text(transaction, "name", name)) && (key == NULL || cms_operation_text(transaction, "key", key));
    return cms_operation_end(transaction, is_right);
}

cms_status cms_set_section(cms_transaction *transaction, const char *section, const char *type)
{
    const bool is_right = cms_operation_begin(transaction, "set") && cms_operation_text(transaction, "section", section)
        && cms_operation_text(transaction, "type", type);
    return cms_operation_end(transaction, is_right);
}

cms_status cms_delete(cms_transaction *transaction, const char *key)
{
    bool is_option;
    return cms_operation_end(transaction, cms_operation_begin(transaction, "delete") && cms_operation_address(transaction, key, &is_option));
}

cms_status cms_rename(cms_transaction *transaction, const char *key, const char *name)
{
    bool is_option;
    const bool is_right = cms_operation_begin(transaction, "rename") && cms_operation_address(transaction, key, &is_option)
        && cms_operation_text(transaction, "name", name);
    return cms_operation_end(transaction, is_right);
}

cms_status cms_reorder(cms_transaction *transaction, const char *section, size_t index)
{
    bool is_right = cms_operation_begin(transaction, "reorder") && cms_operation_text(transaction, "section", section);
    if (is_right) {
        cms_operation_int(transaction, "index", index < INT32_MAX ? (int64_t)index : INT32_MAX);
    }

    return cms_operation_end(transaction, is_right);
}
