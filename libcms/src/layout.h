/*
 * The segment format, version 2, in numbers, and its loads. docs/formats/segment.md is the text that this follows.
 *
 * Invariants:
 * - Words that decide anything (header, slots, stamps) are loaded by load_word: aligned, 64 bits, acquire. So these loads
 *   happen in the order of the text, which is all that the protocol asks of a reader.
 * - What lies inside of a block is loaded by load_loose, of any alignment, between a load of its stamp by load_word and
 *   one by reload_word. The first keeps the loose loads behind it, the fence in the second keeps them in front of it. So
 *   if any byte comes from a rewrite, the second load shows another stamp, and the copy does not count: whether a loose
 *   load is torn does not matter, and this is as strong as the loads that the format names.
 * - Nobody loads from at or beyond the published end.
 */
#ifndef CMS_LAYOUT_H
#define CMS_LAYOUT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CMS_INLINE static inline __attribute__((always_inline))
#define CMS_RARELY(condition) __builtin_expect(!!(condition), 0)

enum {
    WORD_SIZE = 8,
    LINE_SIZE = 64,
    HEADER_SIZE = 4096,
    FORMAT_VERSION = 2,

    VERSION_OFFSET = 8,
    MARK_OFFSET = 16,
    JOURNAL_OFFSET = 24,
    SEED_OFFSET = 64,
    SEED_SECOND_OFFSET = 72,
    MAXIMUM_SIZE_OFFSET = 80,
    INDEX_OFFSET = 88,
    BUCKET_COUNT_OFFSET = 96,
    ARENA_OFFSET = 104,
    CHECKSUM_OFFSET = 112,
    VISIBLE_OFFSET = 128,
    OLDEST_OFFSET = 136,
    FUTEX_OFFSET = 144,
    END_OFFSET = 152,

    MARK_LIVE = 1,

    BUCKET_SIZE = 64,
    SLOTS_IN_BUCKET = 7,
    BUCKET_WORD_OFFSET = 56,
    MOST_PROBES = 64,

    DESCRIPTOR_OFFSET = 8,
    KEY_OFFSET = 16,
    SMALLEST_BLOCK = 24,
    MODULE_LIST_OFFSET = 32,
    SECTION_SIZES_OFFSET = 24,
    SECTION_LIST_OFFSET = 32,
    SECTION_CHANGED_OFFSET = 40,
    SECTION_TEXT_OFFSET = 48,
    LEAF_MEMBERS_OFFSET = 16,
    ROOT_COUNT_OFFSET = 16,
    ROOT_LEAVES_OFFSET = 24,
    ROOT_LEAF_SIZE = 16,
    ID_SIZE = 8,
    MOST_VARINT_BYTES = 6,

    KIND_MODULE = 1,
    KIND_SECTION = 2,
    KIND_NAME = 3,
    KIND_OPTION = 4,
    KIND_LEAF = 5,
    KIND_ROOT = 6,
    KIND_TABLES = 7,

    TABLES_DIRECTORY = 0,
    TABLES_TABLE = 1,
    TABLES_ROW = 2,
    TABLES_VALUE = 3,

    /* From the first word behind the key. */
    TABLE_ID_OFFSET = 8,
    TABLE_CREATED_OFFSET = 16,
    TABLE_COLUMNS_OFFSET = 24,
    MOST_INDEXES = 16,
    MOST_TABLE_KEY = 255,
    MOST_ROW_SIZE = 65535,
    STRING_END_SIZE = 2,

    /* The longest chain that a writer leaves, and how often a disturbed read begins anew before the file is corrupt. */
    MOST_LINKS = 16386,
    MOST_ATTEMPTS = 256,
};

#define MAGIC UINT64_C(0x0A0D474553534D43)
#define PASSED_MASK UINT64_C(0xFFFF)
#define LARGEST_FILE (UINT64_C(32) << 30)
#define MOST_BUCKETS (UINT64_C(1) << 29)

/* Tests have a writer run before a load that they choose. */
#ifdef CMS_TEST_LOADS
extern void (*cms_before_load)(void);
#define BEFORE_LOAD() (cms_before_load == NULL ? (void)0 : cms_before_load())
#else
#define BEFORE_LOAD() ((void)0)
#endif

/* One aligned 64-bit load with acquire order. */
CMS_INLINE uint64_t load_word(const void *place)
{
    BEFORE_LOAD();
    return atomic_load_explicit((const _Atomic uint64_t *)place, memory_order_acquire);
}

/* Eight bytes of a block, of any alignment; counts when a stamp is found unchanged behind it. */
CMS_INLINE uint64_t load_loose(const void *place)
{
    struct __attribute__((packed, may_alias)) loose {
        uint64_t word;
    };
    BEFORE_LOAD();
    return ((const volatile struct loose *)place)->word;
}

/* A word, after everything that was loaded before, by whatever means. The fence is no instruction on x86-64. */
CMS_INLINE uint64_t reload_word(const void *place)
{
    atomic_thread_fence(memory_order_acquire);
    return load_word(place);
}

CMS_INLINE uint64_t stamp_revision(uint64_t stamp)
{
    return stamp >> 24;
}

CMS_INLINE unsigned descriptor_class(uint64_t descriptor)
{
    return (unsigned)(descriptor >> 32) & 0xFF;
}

CMS_INLINE unsigned descriptor_kind(uint64_t descriptor)
{
    return (unsigned)(descriptor >> 40) & 7;
}

CMS_INLINE bool descriptor_is_deleted(uint64_t descriptor)
{
    return descriptor >> 43 & 1;
}

CMS_INLINE unsigned descriptor_type(uint64_t descriptor)
{
    return (unsigned)(descriptor >> 44) & 3;
}

CMS_INLINE bool descriptor_is_list(uint64_t descriptor)
{
    return descriptor >> 46 & 1;
}

CMS_INLINE bool descriptor_has_changed(uint64_t descriptor)
{
    return descriptor >> 47 & 1;
}

/* Bytes of an entry's key, or members of a leaf. */
CMS_INLINE unsigned descriptor_count(uint64_t descriptor)
{
    return (unsigned)(descriptor >> 48);
}

/* Bytes of a block by its class; 0 for what is no class. Every size is a multiple of 8. */
extern const uint32_t cms_class_sizes[256];

#endif
