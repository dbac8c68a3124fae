/* The file of LMDB, as its reader and its writer open it. */
#ifndef CMS_BENCH_LMDB_FILE_H
#define CMS_BENCH_LMDB_FILE_H

#include <lmdb.h>
#include <stdint.h>

/* Ends the process with a message unless result is 0. */
void lmdb_check(int result, const char *what);

/* Opens the environment in a directory, with room for all keys. */
MDB_env *lmdb_open(const char *directory, unsigned flags);

/* Puts the keys of these numbers with their values, as one commit. */
void lmdb_commit(MDB_env *environment, const uint32_t *numbers, uint32_t count);

#endif
