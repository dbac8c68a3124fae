#include "lmdb_file.h"

#include "keys.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAP_BYTES = 1 << 30 };

void lmdb_check(int result, const char *what)
{
    if (result != 0) {
        fprintf(stderr, "lmdb: %s: %s\n", what, mdb_strerror(result));
        exit(1);
    }
}

MDB_env *lmdb_open(const char *directory, unsigned flags)
{
    MDB_env *environment;
    lmdb_check(mdb_env_create(&environment), "create");
    lmdb_check(mdb_env_set_mapsize(environment, MAP_BYTES), "map size");
    lmdb_check(mdb_env_open(environment, directory, flags, 0600), directory);
    return environment;
}

void lmdb_commit(MDB_env *environment, const uint32_t *numbers, uint32_t count)
{
    MDB_txn *transaction;
    MDB_dbi database;
    lmdb_check(mdb_txn_begin(environment, NULL, 0, &transaction), "begin");
    lmdb_check(mdb_dbi_open(transaction, NULL, 0, &database), "database");
    for (uint32_t each = 0; each < count; each++) {
        struct key key;
        char value[VALUE_SIZE];
        key_of(numbers[each], &key);
        value_of(numbers[each], value);
        MDB_val wanted = {KEY_SIZE, key.bytes};
        MDB_val held = {VALUE_SIZE, value};
        lmdb_check(mdb_put(transaction, database, &wanted, &held, 0), "put");
    }

    lmdb_check(mdb_txn_commit(transaction), "commit");
}
