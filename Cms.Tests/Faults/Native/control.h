/* What a test tells the processes under it, and what they share: one page of a file that all of them map. */
#ifndef FAULTS_CONTROL_H
#define FAULTS_CONTROL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum { NAME_SIZE = 256 };

enum death { DEATH_BEFORE, DEATH_AFTER, DEATH_WITHIN };

/* The test writes the fields up to the mutex, at these places; all but the count are zero unless it does. */
struct control {
    uint64_t ready;
    int64_t clock_shift_ns;   /* added to the wall clock */
    uint64_t dies_at;         /* the operation, counted from 1, at which its process kills itself; 0 for none */
    uint64_t dies_how;        /* enum death */
    uint64_t operation_count; /* recorded so far, by all processes */
    uint64_t failure;         /* the errno of changes under failing_path; 0 for none */
    uint64_t ignores_locks;   /* locks are granted and not taken */
    uint64_t reserved;
    char failing_path[NAME_SIZE];  /* relative to the root */
    char unsynced_name[NAME_SIZE]; /* syncs of paths that hold this do nothing and are not recorded */
    pthread_mutex_t turn;
};

/* Null until the library is set up, and in processes without the environment for it. */
extern struct control *control;

/* Maps the page named by CMS_FAULTS_CONTROL. */
void control_open(void);

/* One operation at a time over all threads and processes; the holder may die. */
void control_lock(void);
void control_unlock(void);

/* Ends this process as kill -9 does. */
_Noreturn void control_die(void);

#endif
