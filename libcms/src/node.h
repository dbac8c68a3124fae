/*
 * A node as its clients see it. Invariants:
 * - The connection is closed, or nothing of an earlier request is left in it.
 * - reply is the body of the last answer; message is a text, also when it is empty.
 */
#ifndef CMS_NODE_H
#define CMS_NODE_H

#include "connection.h"
#include "json_read.h"

struct cms_node {
    struct connection connection;
    char *run_directory;
    locale_t locale;
    int timeout_ms;
    struct buffer head;
    struct buffer reply;
    struct buffer message;
};

/* A request about a module. When the connection breaks it is sent again, so it must be one that may be carried out twice. */
struct request {
    const char *method;
    const char *module;
    const char *path; /* behind the module, with its query */
    const struct buffer *body; /* NULL for none */
};

/*
 * Sends a request and receives its answer.
 * CMS_OK: the reply is there, and a reader of it. CMS_UNAVAILABLE, CMS_DENIED by the socket, CMS_SYSTEM: nothing was sent.
 * CMS_UNKNOWN_OUTCOME: it was sent, and there is no answer that can be read. Else what the daemon says, of which the
 * message tells more. was_sent: whether any attempt may have reached the daemon.
 */
cms_status cms_node_request(cms_node *node, const struct request *request, struct json *reply, bool *was_sent);

/* What this library has to say itself. */
void cms_node_tell(cms_node *node, const char *message);

#endif
