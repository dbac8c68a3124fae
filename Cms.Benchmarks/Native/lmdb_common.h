/* What the reader and the writer of LMDB share. */
#ifndef CMS_BENCH_LMDB_COMMON_H
#define CMS_BENCH_LMDB_COMMON_H

#include <lmdb.h>
#include <stdint.h>

enum { LOAD_COMMIT = 1000 };

/* Ends the process with a message unless result is 0. */
void lmdb_check(int result, const char *what);

MDB_env *lmdb_open(const char *directory, unsigned flags);

/* Puts the key of this number with its value. */
void lmdb_put(MDB_txn *transaction, MDB_dbi database, uint32_t number);

#endif
