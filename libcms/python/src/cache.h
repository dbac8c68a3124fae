/*
 * The keys that a module was asked for, each with its handle and with the object made of its last answer, so that a key
 * whose value has not changed costs a check and no conversion. Bounded: what is not asked for makes room.
 */
#ifndef CACHE_H
#define CACHE_H

#include <Python.h>

#include <cms.h>

struct cached {
    PyObject *key;     /* a str, which holds the bytes of the handle's key */
    PyObject *kept;    /* as value_of gives it; None: there is no such option */
    cms_handle handle;
};

/* Open addressing: a key is in one of the CACHE_PROBES places from its hash on. */
struct cache {
    struct cached **places;
    size_t mask;
    unsigned turn;     /* which of the probes gives way next */
};

enum { CACHE_PROBES = 4, CACHE_SMALLEST = 16, CACHE_LARGEST = 4096 };

/* An empty cache of one place needs no memory. */
void cache_begin(struct cache *cache);

/* Forgets everything. */
void cache_end(struct cache *cache);

/* Keeps a copy of the handle, with new references; without memory it keeps nothing. */
void cache_put(struct cache *cache, PyObject *key, const cms_handle *handle, PyObject *kept);

/* The same, for a key that is not the same object; NULL when it is not there. */
struct cached *cache_find_equal(const struct cache *cache, PyObject *key, Py_hash_t hash);

static inline Py_hash_t hash_of(PyObject *key)
{
    const Py_hash_t hash = ((PyASCIIObject *)key)->hash;
    return hash != -1 ? hash : PyObject_Hash(key);
}

/* What is kept of a key, which is exactly a str; NULL when it is not there. */
static inline struct cached *cache_find(const struct cache *cache, PyObject *key)
{
    const Py_hash_t hash = hash_of(key);
    struct cached *cached = cache->places[(size_t)hash & cache->mask];
    return __builtin_expect(cached != NULL && cached->key == key, 1) ? cached : cache_find_equal(cache, key, hash);
}

#endif
