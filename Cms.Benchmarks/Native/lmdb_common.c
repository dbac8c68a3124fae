#include "lmdb_common.h"

#include "keys.h"

#include <stdio.h>
#include <stdlib.h>

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
    lmdb_check(mdb_env_set_mapsize(environment, 1u << 30), "map size");
    lmdb_check(mdb_env_open(environment, directory, flags, 0600), directory);
    return environment;
}

void lmdb_put(MDB_txn *transaction, MDB_dbi database, uint32_t number)
{
    struct key key;
    char value[VALUE_SIZE];
    key_of(number, &key);
    value_of(number, value);
    MDB_val wanted = {KEY_SIZE, key.bytes};
    MDB_val held = {VALUE_SIZE, value};
    lmdb_check(mdb_put(transaction, database, &wanted, &held, 0), "put");
}
