/* Answers in HTTP/1.1, as far as a server needs them: RFC 9112, sections 4 to 7. */
#include <stdlib.h>
#include <strings.h>

#include "connection.h"

enum { MOST_LINE = 8192, FIRST_FINAL_STATUS = 200 };

/* How the body of an answer ends. */
struct head {
    int status;
    bool is_chunked;
    bool is_last; /* the server closes behind it */
    bool has_length;
    uint64_t length;
};

/* A line without its end; false when there is none, or it is too long. */
static bool read_line(struct connection *connection, char line[MOST_LINE])
{
    for (size_t size = 0; size < MOST_LINE;) {
        if (connection->in_begin == connection->in_end && !cms_connection_fill(connection)) {
            return false;
        }

        const char byte = (char)connection->in[connection->in_begin++];
        if (byte == '\n') {
            size -= size > 0 && line[size - 1] == '\r';
            line[size] = '\0';
            return true;
        }

        line[size++] = byte;
    }

    return false;
}

/* Digits of a base, and nothing else behind them but what a semicolon begins. */
static bool parse_number(const char *text, int base, uint64_t *number)
{
    const char *digits = "0123456789abcdefABCDEF";
    const size_t size = strspn(text, base == 16 ? digits : "0123456789");
    const char *rest = text + size + strspn(text + size, " \t");
    *number = strtoull(text, NULL, base);
    return size > 0 && size <= 15 && (*rest == '\0' || *rest == ';');
}

static bool take_field(const char *line, struct head *head)
{
    const char *colon = strchr(line, ':');
    if (colon == NULL) {
        return false;
    }

    const size_t name = (size_t)(colon - line);
    const char *value = colon + 1 + strspn(colon + 1, " \t");
    if (name == 14 && strncasecmp(line, "Content-Length", name) == 0) {
        head->has_length = true;
        return parse_number(value, 10, &head->length);
    }

    if (name == 17 && strncasecmp(line, "Transfer-Encoding", name) == 0) {
        head->is_chunked = strcasecmp(value, "chunked") == 0;
        return head->is_chunked;
    }

    if (name == 10 && strncasecmp(line, "Connection", name) == 0) {
        head->is_last = strcasecmp(value, "close") == 0;
    }

    return true;
}

static bool read_head(struct connection *connection, struct head *head)
{
    char line[MOST_LINE];
    *head = (struct head){0};
    if (!read_line(connection, line) || strncmp(line, "HTTP/1.1 ", 9) != 0 || strspn(line + 9, "0123456789") != 3) {
        return false;
    }

    head->status = (int)strtol(line + 9, NULL, 10);
    for (unsigned left = MOST_HEAD_LINES; left > 0; left--) {
        if (!read_line(connection, line)) {
            return false;
        }

        if (line[0] == '\0') {
            return true;
        }

        if (!take_field(line, head)) {
            return false;
        }
    }

    return false;
}

/* Moves this many bytes into the body. */
static bool read_bytes(struct connection *connection, uint64_t size, struct buffer *body)
{
    while (size > 0) {
        if (connection->in_begin == connection->in_end && !cms_connection_fill(connection)) {
            return false;
        }

        const size_t there = connection->in_end - connection->in_begin;
        const size_t count = there < size ? there : (size_t)size;
        cms_buffer_add(body, connection->in + connection->in_begin, count);
        if (body->status != CMS_OK) {
            return false;
        }

        connection->in_begin += count;
        size -= count;
    }

    return true;
}

static bool read_chunks(struct connection *connection, struct buffer *body)
{
    char line[MOST_LINE];
    uint64_t size;
    do {
        if (!read_line(connection, line) || !parse_number(line, 16, &size) || !read_bytes(connection, size, body)) {
            return false;
        }

        if (size > 0 && (!read_line(connection, line) || line[0] != '\0')) {
            return false;
        }
    } while (size > 0);

    for (unsigned left = MOST_HEAD_LINES; left > 0; left--) {
        if (!read_line(connection, line)) {
            return false;
        }

        if (line[0] == '\0') {
            return true;
        }
    }

    return false;
}

static bool read_answer(struct connection *connection, struct head *head, struct buffer *body)
{
    unsigned left = MOST_HEAD_LINES;
    do {
        if (!read_head(connection, head)) {
            return false;
        }
    } while (head->status < FIRST_FINAL_STATUS && --left > 0);

    /* An answer whose end is not told would end with the connection; cmsd sends none. */
    return head->is_chunked ? read_chunks(connection, body) : head->has_length && read_bytes(connection, head->length, body);
}

enum exchange cms_http_receive(struct connection *connection, int *status, struct buffer *body)
{
    struct head head;
    cms_buffer_cut(body, 0);
    if (!read_answer(connection, &head, body) || cms_buffer_end(body) != CMS_OK) {
        cms_connection_close(connection);
        return EXCHANGE_UNKNOWN;
    }

    if (head.is_last) {
        cms_connection_close(connection);
    }

    *status = head.status;
    return EXCHANGE_DONE;
}
