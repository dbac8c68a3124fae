#include "transaction.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "segment.h"

enum { REQUEST_ID_SIZE = 16, ROOM_FOR_THE_REST = 1 << 16 };

/* The most bytes that the daemon takes; see docs/api.md. */
#define MOST_REQUEST ((size_t)64 << 20)

/* A request's name, which nobody else makes up. */
static bool make_request_id(char text[2 * REQUEST_ID_SIZE + 1])
{
    unsigned char bytes[REQUEST_ID_SIZE];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) {
        return false;
    }

    for (size_t index = 0; index < sizeof bytes; index++) {
        (void)snprintf(text + 2 * index, 3, "%02x", bytes[index]);
    }

    return true;
}

static cms_status fill_in(cms_transaction *transaction, cms_node *node, const char *module)
{
    char request_id[2 * REQUEST_ID_SIZE + 1];
    transaction->node = node;
    transaction->module = strdup(module);
    transaction->body.limit = MOST_REQUEST - ROOM_FOR_THE_REST;
    transaction->message.limit = CMS_MESSAGE_SIZE;
    if (transaction->module == NULL) {
        return CMS_NO_MEMORY;
    }

    if (!make_request_id(request_id)) {
        return CMS_SYSTEM;
    }

    cms_buffer_text(&transaction->body, "{\"requestId\":\"");
    cms_buffer_text(&transaction->body, request_id);
    cms_buffer_text(&transaction->body, "\",\"operations\":[");
    return transaction->body.status;
}

cms_status cms_begin(cms_node *node, const char *module, cms_transaction **transaction)
{
    *transaction = NULL;
    if (!cms_is_module_name(module)) {
        return CMS_INVALID_ARGUMENT;
    }

    cms_transaction *begun = calloc(1, sizeof *begun);
    if (begun == NULL) {
        return CMS_NO_MEMORY;
    }

    const cms_status status = fill_in(begun, node, module);
    if (status == CMS_OK) {
        *transaction = begun;
    } else {
        cms_rollback(begun);
    }

    return status;
}

void cms_rollback(cms_transaction *transaction)
{
    if (transaction != NULL) {
        cms_buffer_free(&transaction->body);
        cms_buffer_free(&transaction->message);
        free(transaction->module);
        free(transaction);
    }
}

cms_status cms_message(cms_transaction *transaction, const char *text)
{
    const size_t size = strlen(text);
    if (transaction->is_sealed || !cms_is_utf8((const unsigned char *)text, size)) {
        return CMS_INVALID_ARGUMENT;
    }

    if (size > CMS_MESSAGE_SIZE) {
        return CMS_TOO_LARGE;
    }

    cms_buffer_cut(&transaction->message, 0);
    cms_buffer_add(&transaction->message, text, size);
    return transaction->message.status;
}

cms_status cms_expect(cms_transaction *transaction, uint64_t revision)
{
    if (revision > INT64_MAX) {
        return CMS_INVALID_ARGUMENT;
    }

    transaction->expected = revision;
    transaction->has_expected = true;
    return CMS_OK;
}

/* Ends the request's text, once: what is sent again is the same to the last byte. */
static cms_status seal(cms_transaction *transaction)
{
    struct buffer *body = &transaction->body;
    if (transaction->is_sealed) {
        return CMS_OK;
    }

    const size_t size = body->size;
    body->limit = MOST_REQUEST;
    cms_buffer_text(body, "]");
    if (transaction->message.size > 0) {
        cms_buffer_text(body, ",\"message\":");
        (void)cms_json_text(body, transaction->message.bytes, transaction->message.size);
    }

    cms_buffer_text(body, "}");
    const cms_status status = body->status;
    if (status != CMS_OK) {
        cms_buffer_cut(body, size);
        return status;
    }

    transaction->is_sealed = true;
    return CMS_OK;
}

/* The revision in the answer to a commit. */
static bool take_revision(struct json *json, int64_t *revision)
{
    struct json_text name;
    bool is_first = true;
    *revision = -1;
    if (!cms_json_enter(json, '{')) {
        return false;
    }

    while (cms_json_member(json, &is_first, &name)) {
        const bool is_taken = strcmp(name.bytes, "revision") == 0 ? cms_json_take_int(json, revision) : cms_json_skip(json);
        if (!is_taken) {
            return false;
        }
    }

    return !cms_json_failed(json) && *revision >= 0;
}

static cms_status send_commit(cms_transaction *transaction, uint64_t *revision)
{
    const struct request request = {.method = "POST", .module = transaction->module, .path = "/commits", .body = &transaction->body};
    struct json reply;
    int64_t made = 0;
    cms_status status = seal(transaction);
    if (status != CMS_OK) {
        return status;
    }

    status = cms_node_request(transaction->node, &request, &reply, &transaction->was_sent);
    if (status == CMS_OK && !take_revision(&reply, &made)) {
        cms_node_tell(transaction->node, "the answer is none of cmsd's; is another program behind the socket?");
        status = CMS_UNKNOWN_OUTCOME;
    }

    if (revision != NULL) {
        *revision = status == CMS_OK ? (uint64_t)made : 0;
    }

    /* What an earlier attempt has come to is still not known. */
    return status == CMS_UNAVAILABLE && transaction->was_sent ? CMS_UNKNOWN_OUTCOME : status;
}

cms_status cms_commit(cms_transaction *transaction, uint64_t *revision)
{
    const cms_status status = send_commit(transaction, revision);
    const bool is_over = status != CMS_UNKNOWN_OUTCOME && status != CMS_UNAVAILABLE && status != CMS_BUSY && status != CMS_STORAGE_FULL
        && status != CMS_LOCKED && status != CMS_NO_MEMORY && (status != CMS_SYSTEM || transaction->was_sent);
    if (is_over) {
        cms_rollback(transaction);
    }

    return status;
}
