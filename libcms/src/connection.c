#include "connection.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

void cms_connection_start(struct connection *connection, int timeout_ms)
{
    connection->is_waiting_forever = timeout_ms < 0;
    connection->deadline = cms_deadline_of(timeout_ms < 0 ? 0 : timeout_ms);
}

/* Waits until the socket is ready; false when the time is over. Signals do not end it. */
static bool wait_until_ready(const struct connection *connection, short events)
{
    struct pollfd ready = {.fd = connection->descriptor, .events = events};
    while (true) {
        const int left = connection->is_waiting_forever ? -1 : cms_time_left(&connection->deadline);
        const int count = poll(&ready, 1, left);
        if (count > 0) {
            return true;
        }

        if (count == 0 || errno != EINTR) {
            return false;
        }
    }
}

static cms_status status_of_connect(int error)
{
    switch (error) {
    case EACCES:
    case EPERM:
        return CMS_DENIED;
    case ENOENT:
    case ENOTDIR:
    case ECONNREFUSED:
    case EAGAIN:
    case ETIMEDOUT:
        return CMS_UNAVAILABLE;
    default:
        return CMS_SYSTEM;
    }
}

/* Connecting only waits when the daemon's queue is full; then for as long as is left. */
static int connect_in_time(struct connection *connection, int descriptor)
{
    while (true) {
        const int left = connection->is_waiting_forever ? 0 : cms_time_left(&connection->deadline);
        const struct timeval limit = {
            .tv_sec = left / MILLISECONDS,
            .tv_usec = left % MILLISECONDS * 1000 + (left == 0 && !connection->is_waiting_forever),
        };
        (void)setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        const struct sockaddr *address = (const struct sockaddr *)(const void *)&connection->address;
        if (connect(descriptor, address, sizeof connection->address) == 0) {
            return 0;
        }

        if (errno != EINTR) {
            return errno;
        }
    }
}

cms_status cms_connection_open(struct connection *connection)
{
    const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
        return CMS_SYSTEM;
    }

    const int error = connect_in_time(connection, descriptor);
    if (error != 0) {
        (void)close(descriptor);
        errno = error;
        return status_of_connect(error);
    }

    connection->descriptor = descriptor;
    connection->in_begin = connection->in_end = 0;
    return CMS_OK;
}

void cms_connection_close(struct connection *connection)
{
    if (connection->descriptor >= 0) {
        (void)close(connection->descriptor);
        connection->descriptor = -1;
    }
}

bool cms_connection_is_stale(struct connection *connection)
{
    unsigned char byte;
    if (connection->descriptor < 0) {
        return true;
    }

    const ssize_t got = recv(connection->descriptor, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);
    if (connection->in_begin == connection->in_end && got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
        return false;
    }

    cms_connection_close(connection);
    return true;
}

static void pass(struct msghdr *message, size_t sent)
{
    while (message->msg_iovlen > 0 && sent >= message->msg_iov->iov_len) {
        sent -= message->msg_iov->iov_len;
        message->msg_iov++;
        message->msg_iovlen--;
    }

    if (message->msg_iovlen > 0) {
        message->msg_iov->iov_base = (unsigned char *)message->msg_iov->iov_base + sent;
        message->msg_iov->iov_len -= sent;
    }
}

bool cms_connection_send(struct connection *connection, struct iovec *parts, int count)
{
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = (size_t)count};
    pass(&message, 0);
    while (message.msg_iovlen > 0) {
        const ssize_t sent = sendmsg(connection->descriptor, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            pass(&message, (size_t)sent);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!wait_until_ready(connection, POLLOUT)) {
                return false;
            }
        } else if (errno != EINTR) {
            return false;
        }
    }

    return true;
}

bool cms_connection_fill(struct connection *connection)
{
    connection->in_begin = connection->in_end = 0;
    while (wait_until_ready(connection, POLLIN)) {
        const ssize_t got = recv(connection->descriptor, connection->in, sizeof connection->in, MSG_DONTWAIT);
        if (got >= 0) {
            connection->in_end = (size_t)got;
            return got > 0;
        }

        if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) {
            return false;
        }
    }

    return false;
}
