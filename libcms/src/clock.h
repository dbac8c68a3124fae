/* Deadlines on a clock that is never set. */
#ifndef CMS_CLOCK_H
#define CMS_CLOCK_H

#include <limits.h>
#include <stdint.h>
#include <time.h>

enum { MILLISECONDS = 1000, NANOSECONDS_IN_MILLISECOND = 1000000, NANOSECONDS = 1000000000 };

static inline struct timespec cms_now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return time;
}

/* timeout_ms: not negative. */
static inline struct timespec cms_deadline_of(int timeout_ms)
{
    struct timespec deadline = cms_now();
    deadline.tv_sec += timeout_ms / MILLISECONDS;
    deadline.tv_nsec += timeout_ms % MILLISECONDS * (long)NANOSECONDS_IN_MILLISECOND;
    if (deadline.tv_nsec >= NANOSECONDS) {
        deadline.tv_sec++;
        deadline.tv_nsec -= NANOSECONDS;
    }

    return deadline;
}

/* Milliseconds until then, rounded up; 0 when it is over. */
static inline int cms_time_left(const struct timespec *deadline)
{
    const struct timespec now = cms_now();
    const int64_t nanoseconds = (int64_t)(deadline->tv_sec - now.tv_sec) * NANOSECONDS + (deadline->tv_nsec - now.tv_nsec);
    const int64_t left = (nanoseconds + NANOSECONDS_IN_MILLISECOND - 1) / NANOSECONDS_IN_MILLISECOND;
    return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

#endif
