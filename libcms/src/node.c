#include "node.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define SOCKET_NAME "/cmsd.sock"
#define DEFAULT_RUN_DIRECTORY "/run/cms"

enum { DEFAULT_TIMEOUT_MS = 30000, MOST_HEAD = 16384, MOST_MESSAGE = 1 << 20 };

static cms_status set_address(struct connection *connection, const char *run_directory)
{
    const size_t size = strlen(run_directory);
    connection->descriptor = -1;
    connection->address.sun_family = AF_UNIX;
    if (size + sizeof SOCKET_NAME > sizeof connection->address.sun_path) {
        return CMS_INVALID_ARGUMENT;
    }

    memcpy(connection->address.sun_path, run_directory, size);
    memcpy(connection->address.sun_path + size, SOCKET_NAME, sizeof SOCKET_NAME);
    return CMS_OK;
}

static cms_status fill_in(cms_node *node, const char *run_directory)
{
    node->timeout_ms = DEFAULT_TIMEOUT_MS;
    node->head.limit = MOST_HEAD;
    node->reply.limit = MOST_BODY;
    node->message.limit = MOST_MESSAGE;
    node->run_directory = strdup(run_directory);
    node->locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (node->run_directory == NULL || node->locale == (locale_t)0 || cms_buffer_end(&node->message) != CMS_OK) {
        return CMS_NO_MEMORY;
    }

    const cms_status status = set_address(&node->connection, run_directory);
    cms_connection_start(&node->connection, node->timeout_ms);
    return status == CMS_OK ? cms_connection_open(&node->connection) : status;
}

cms_status cms_connect(const char *run_directory, cms_node **node)
{
    const char *directory = run_directory != NULL ? run_directory : getenv("CMS_RUN_DIRECTORY");
    cms_node *made = calloc(1, sizeof *made);
    *node = NULL;
    if (made == NULL) {
        return CMS_NO_MEMORY;
    }

    made->connection.descriptor = -1;
    const cms_status status = fill_in(made, directory != NULL ? directory : DEFAULT_RUN_DIRECTORY);
    if (status == CMS_OK) {
        *node = made;
        return CMS_OK;
    }

    const int error = errno;
    cms_disconnect(made);
    errno = error;
    return status;
}

void cms_disconnect(cms_node *node)
{
    if (node == NULL) {
        return;
    }

    cms_connection_close(&node->connection);
    cms_buffer_free(&node->head);
    cms_buffer_free(&node->reply);
    cms_buffer_free(&node->message);
    if (node->locale != (locale_t)0) {
        freelocale(node->locale);
    }

    free(node->run_directory);
    free(node);
}

void cms_node_timeout(cms_node *node, int timeout_ms)
{
    node->timeout_ms = timeout_ms;
}

const char *cms_node_message(const cms_node *node)
{
    return node->message.bytes != NULL ? (const char *)node->message.bytes : "";
}

void cms_node_tell(cms_node *node, const char *message)
{
    cms_buffer_cut(&node->message, 0);
    cms_buffer_text(&node->message, message);
    if (cms_buffer_end(&node->message) != CMS_OK) {
        cms_buffer_free(&node->message);
    }
}

/* Everything in a module's name that means something in a path is written as a number. */
static void add_segment(struct buffer *to, const char *name)
{
    static const char digits[] = "0123456789ABCDEF";
    for (; *name != '\0'; name++) {
        const unsigned char byte = (unsigned char)*name;
        const char escaped[] = {'%', digits[byte >> 4], digits[byte & 15]};
        const bool is_plain = isalnum(byte) || strchr("-._~", byte) != NULL;
        cms_buffer_add(to, is_plain ? name : escaped, is_plain ? 1 : sizeof escaped);
    }
}

static cms_status write_head(cms_node *node, const struct request *request)
{
    char fields[128];
    (void)snprintf(fields, sizeof fields, " HTTP/1.1\r\nHost: cms\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
        request->body == NULL ? 0 : request->body->size);
    cms_buffer_cut(&node->head, 0);
    cms_buffer_text(&node->head, request->method);
    cms_buffer_text(&node->head, " /api/v1/modules/");
    add_segment(&node->head, request->module);
    cms_buffer_text(&node->head, request->path);
    cms_buffer_text(&node->head, fields);
    return node->head.status;
}

static enum exchange exchange(cms_node *node, const struct request *request, int *http_status)
{
    struct iovec parts[2] = {
        {.iov_base = node->head.bytes, .iov_len = node->head.size},
        {.iov_base = request->body == NULL ? NULL : request->body->bytes, .iov_len = request->body == NULL ? 0 : request->body->size},
    };
    if (cms_connection_send(&node->connection, parts, 2)) {
        return cms_http_receive(&node->connection, http_status, &node->reply);
    }

    /* A daemon that refuses a request before it has all of it answers and closes. */
    if (cms_http_receive(&node->connection, http_status, &node->reply) == EXCHANGE_DONE && *http_status != HTTP_OK) {
        cms_connection_close(&node->connection);
        return EXCHANGE_DONE;
    }

    cms_connection_close(&node->connection);
    return EXCHANGE_NOT_SENT;
}

/* Whether a wire name of docs/errors.md is that of a status: it is in small letters with dashes. */
static bool is_name_of(const char *wire, const char *name)
{
    for (; *wire != '\0' && *name != '\0'; wire++, name++) {
        if (*wire == '-' ? *name != '_' : toupper((unsigned char)*wire) != *name) {
            return false;
        }
    }

    return *wire == *name;
}

static cms_status status_of_name(const char *wire)
{
#define LOOK(name, number, sentence)                                                                                 \
    if ((number) >= CMS_INVALID_ARGUMENT && (number) < CMS_END && is_name_of(wire, #name)) {                     \
        return CMS_##name;                                                                                           \
    }
    CMS_STATUSES(LOOK)
#undef LOOK
    return CMS_UNKNOWN_OUTCOME;
}

/* A refusal: application/problem+json. */
static cms_status take_problem(cms_node *node, struct json *json)
{
    struct json_text name;
    struct json_text code = {0};
    struct json_text detail = {0};
    bool is_first = true;
    bool is_right = cms_json_enter(json, '{');
    while (is_right && cms_json_member(json, &is_first, &name)) {
        is_right = strcmp(name.bytes, "code") == 0 ? cms_json_take_text(json, &code)
            : strcmp(name.bytes, "detail") == 0    ? cms_json_take_text(json, &detail)
                                                   : cms_json_skip(json);
    }

    if (cms_json_failed(json) || code.bytes == NULL || detail.bytes == NULL) {
        cms_node_tell(node, "the answer is none of cmsd's; is another program behind the socket?");
        return CMS_UNKNOWN_OUTCOME;
    }

    cms_node_tell(node, detail.bytes);
    return status_of_name(code.bytes);
}

/* Sends on the connection that is there; when it breaks, once more on a new one. */
static cms_status attempt(cms_node *node, const struct request *request, int *http_status, bool *was_sent)
{
    enum exchange result = EXCHANGE_NOT_SENT;
    bool is_new = cms_connection_is_stale(&node->connection);
    if (!is_new) {
        result = exchange(node, request, http_status);
        *was_sent |= result != EXCHANGE_NOT_SENT;
    }

    const bool is_late = !node->connection.is_waiting_forever && cms_time_left(&node->connection.deadline) == 0;
    if (is_new || ((result == EXCHANGE_NOT_SENT || result == EXCHANGE_UNKNOWN) && !is_late)) {
        const cms_status status = cms_connection_open(&node->connection);
        if (status != CMS_OK) {
            return *was_sent ? CMS_UNKNOWN_OUTCOME : status;
        }

        result = exchange(node, request, http_status);
        *was_sent |= result != EXCHANGE_NOT_SENT;
    }

    return result == EXCHANGE_DONE ? CMS_OK
        : !*was_sent               ? CMS_UNAVAILABLE
                                   : CMS_UNKNOWN_OUTCOME;
}

cms_status cms_node_request(cms_node *node, const struct request *request, struct json *reply, bool *was_sent)
{
    int http_status = 0;
    cms_node_tell(node, "");
    cms_status status = write_head(node, request);
    if (status != CMS_OK) {
        return status == CMS_TOO_LARGE ? CMS_INVALID_ARGUMENT : status;
    }

    cms_connection_start(&node->connection, node->timeout_ms);
    status = attempt(node, request, &http_status, was_sent);
    *reply = (struct json){.next = node->reply.bytes, .end = node->reply.bytes + node->reply.size};
    return status != CMS_OK ? status : http_status == HTTP_OK ? CMS_OK : take_problem(node, reply);
}
