#include "cache.h"

static struct cached *nowhere[1];

void cache_begin(struct cache *cache)
{
    *cache = (struct cache){.places = nowhere};
}

static void forget(struct cached *cached)
{
    if (cached != NULL) {
        Py_DECREF(cached->key);
        Py_DECREF(cached->kept);
        PyMem_Free(cached);
    }
}

void cache_end(struct cache *cache)
{
    struct cache old = *cache;
    cache_begin(cache);
    if (old.places != nowhere) {
        for (size_t place = 0; place <= old.mask; place++) {
            forget(old.places[place]);
        }

        PyMem_Free(old.places);
    }
}

/* The first of the key's places that is free; NULL when there is none. */
static struct cached **free_place(struct cached **places, size_t mask, Py_hash_t hash)
{
    for (size_t probe = 0; probe < CACHE_PROBES; probe++) {
        struct cached **place = &places[((size_t)hash + probe) & mask];
        if (*place == NULL) {
            return place;
        }
    }

    return NULL;
}

/* Doubles the places until every key has one and the new one would, too; as it is when that does not work out. */
static void grow(struct cache *cache, Py_hash_t hash)
{
    const size_t old_count = cache->places == nowhere ? 0 : cache->mask + 1;
    for (size_t count = old_count == 0 ? CACHE_SMALLEST : 2 * old_count; count <= CACHE_LARGEST; count *= 2) {
        struct cached **places = PyMem_Calloc(count, sizeof *places);
        if (places == NULL) {
            return;
        }

        bool is_placed = true;
        for (size_t index = 0; index < old_count && is_placed; index++) {
            struct cached *cached = cache->places[index];
            if (cached != NULL) {
                struct cached **place = free_place(places, count - 1, hash_of(cached->key));
                is_placed = place != NULL;
                if (is_placed) {
                    *place = cached;
                }
            }
        }

        if (is_placed && free_place(places, count - 1, hash) != NULL) {
            if (old_count > 0) {
                PyMem_Free(cache->places);
            }

            cache->places = places;
            cache->mask = count - 1;
            return;
        }

        PyMem_Free(places);
    }
}

struct cached *cache_find_equal(const struct cache *cache, PyObject *key, Py_hash_t hash)
{
    for (size_t probe = 0; probe < CACHE_PROBES; probe++) {
        struct cached *cached = cache->places[((size_t)hash + probe) & cache->mask];
        if (cached == NULL) {
            return NULL;
        }

        if (cached->key == key || (hash_of(cached->key) == hash && PyUnicode_Compare(cached->key, key) == 0)) {
            return cached;
        }
    }

    return NULL;
}

/* Where the key is or may be put; what was there is to be forgotten. */
static struct cached **place_for(struct cache *cache, PyObject *key)
{
    const Py_hash_t hash = hash_of(key);
    for (size_t probe = 0; cache->places != nowhere && probe < CACHE_PROBES; probe++) {
        struct cached **place = &cache->places[((size_t)hash + probe) & cache->mask];
        if (*place != NULL && (*place)->key == key) {
            return place;
        }
    }

    if (cache->places == nowhere || free_place(cache->places, cache->mask, hash) == NULL) {
        grow(cache, hash);
        if (cache->places == nowhere) {
            return NULL;
        }
    }

    struct cached **place = free_place(cache->places, cache->mask, hash);
    return place != NULL ? place : &cache->places[((size_t)hash + cache->turn++ % CACHE_PROBES) & cache->mask];
}

void cache_put(struct cache *cache, PyObject *key, const cms_handle *handle, PyObject *kept)
{
    struct cached *cached = PyMem_Malloc(sizeof *cached);
    struct cached **place = cached == NULL ? NULL : place_for(cache, key);
    if (place == NULL) {
        PyMem_Free(cached);
        return;
    }

    cached->key = Py_NewRef(key);
    cached->kept = Py_NewRef(kept);
    cached->handle = *handle;
    struct cached *old = *place;
    *place = cached;
    forget(old);
}
