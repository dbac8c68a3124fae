/* A Unix socket to the daemon, and HTTP/1.1 over it. Nothing that comes from it is believed. */
#ifndef CMS_CONNECTION_H
#define CMS_CONNECTION_H

#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

#include "buffer.h"
#include "clock.h"

enum {
    IN_SIZE = 16384,
    MOST_HEAD_LINES = 200,
    HTTP_OK = 200,
};

/* The most bytes of an answer's body. */
#define MOST_BODY ((size_t)256 << 20)

struct connection {
    struct sockaddr_un address;
    int descriptor;      /* negative when not connected */
    bool is_waiting_forever;
    struct timespec deadline;
    size_t in_begin;     /* what was received and not read yet */
    size_t in_end;
    unsigned char in[IN_SIZE];
};

/* What a request came to. */
enum exchange {
    EXCHANGE_DONE,     /* there is an answer */
    EXCHANGE_NOT_SENT, /* the daemon did not get all of it, and so has done nothing */
    EXCHANGE_UNKNOWN,  /* it was sent, and no whole answer came, or none that memory had room for */
};

/* Begins the time that the calls below have, all together. */
void cms_connection_start(struct connection *connection, int timeout_ms);

/* CMS_OK, CMS_UNAVAILABLE, CMS_DENIED, CMS_SYSTEM. */
cms_status cms_connection_open(struct connection *connection);

void cms_connection_close(struct connection *connection);

/* Whether the other side has closed it, or sent what nobody asked for. Closes it then. */
bool cms_connection_is_stale(struct connection *connection);

/* Sends a request's bytes; changes parts. False when not all were sent. */
bool cms_connection_send(struct connection *connection, struct iovec *parts, int count);

/* Receives more behind what is there, of which nothing may be left. False: the end, an error, or the time is over. */
bool cms_connection_fill(struct connection *connection);

/* Receives an answer; its HTTP status and its body, which ends with a zero byte that does not count. */
enum exchange cms_http_receive(struct connection *connection, int *status, struct buffer *body);

#endif
