/*
 * LMDB as a program uses it that wants it fast: opened read-only, without thread-local slots, one read transaction for
 * many lookups. The transaction is renewed every RENEWAL lookups, so that what it shows is about a millisecond old at
 * most and the writer can use replaced pages again; every lookup of ours shows the newest commit.
 */
#include "backend.h"
#include "keys.h"
#include "lmdb_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
    RENEWAL = 1000,
    LOAD_COMMIT = 1000,
    STAT_BLOCK = 512,
};

struct table {
    MDB_txn *transaction;
    MDB_dbi database;
    uint32_t since_renewal;
    uint64_t bytes;
};

static inline void lookup(struct table *table, const struct key *key, char *value)
{
    if (++table->since_renewal == RENEWAL) {
        table->since_renewal = 0;
        mdb_txn_reset(table->transaction);
        lmdb_check(mdb_txn_renew(table->transaction), "renew");
    }

    MDB_val wanted = {KEY_SIZE, (void *)key->bytes};
    MDB_val found;
    if (mdb_get(table->transaction, table->database, &wanted, &found) == 0) {
        memcpy(value, found.mv_data, found.mv_size);
    }
}

#include "chase.h"

static uint64_t load(const char *directory)
{
    MDB_env *environment = lmdb_open(directory, MDB_NOSYNC);
    uint32_t *order = keys_in_load_order();
    for (uint32_t place = 0; place < KEY_COUNT; place += LOAD_COMMIT) {
        lmdb_commit(environment, order + place, LOAD_COMMIT);
    }

    free(order);
    mdb_filehandle_t file;
    struct stat status;
    lmdb_check(mdb_env_get_fd(environment, &file), "file");
    lmdb_check(fstat(file, &status), "stat");
    mdb_env_close(environment);
    return (uint64_t)status.st_blocks * STAT_BLOCK;
}

static struct table *open_lmdb(const char *where)
{
    struct table *table = calloc(1, sizeof *table);
    if (table == NULL) {
        abort();
    }

    table->bytes = load(where);
    MDB_env *environment = lmdb_open(where, MDB_RDONLY | MDB_NOTLS | MDB_NORDAHEAD);
    lmdb_check(mdb_txn_begin(environment, NULL, MDB_RDONLY, &table->transaction), "begin");
    lmdb_check(mdb_dbi_open(table->transaction, NULL, 0, &table->database), "database");
    return table;
}

static uint64_t bytes_of_lmdb(const struct table *table)
{
    return table->bytes;
}

const struct backend lmdb_backend = {
    .name = "lmdb", .open = open_lmdb, .bytes = bytes_of_lmdb, .random = chase_random, .hot = chase_hot};
