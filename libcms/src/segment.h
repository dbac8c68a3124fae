/*
 * One mapped segment file, and the module that goes from file to file.
 *
 * Invariants:
 * - The constants in struct file were checked when the file was opened: index and arena lie within the published end.
 * - limit is a published end; the end only grows, so a copy of it may be old but never too large.
 * - generation is another one after each change of files: pointers into the mapping that somebody keeps count only
 *   while the generation is theirs.
 */
#ifndef CMS_SEGMENT_H
#define CMS_SEGMENT_H

#include <locale.h>
#include <sys/types.h>

#include "cms.h"
#include "layout.h"

struct file {
    const unsigned char *base;
    const unsigned char *index;
    const unsigned char *index_end;
    uint64_t bucket_count;
    uint64_t arena;
    uint64_t limit;
    uint64_t seed;
    uint64_t second_seed;
    uint64_t size;
    dev_t device;
    ino_t inode;
};

struct cms_module {
    struct file file;
    uint64_t generation;
    locale_t locale;
    char *path;
};

/* What cmsd accepts as the name of a module: 1 to 255 bytes of 33..126 without a slash, and no way out of the directory. */
bool cms_is_module_name(const char *name);

/* Opens, maps and checks a file. */
cms_status cms_file_open(const char *path, struct file *file);

void cms_file_close(struct file *file);

/*
 * To be called when the mark is not "live" after an answer. CMS_OK: the module has gone over to another file and the
 * answer is to be looked up again. CMS_END: there is no other, the answer stands. Else: what to answer instead.
 */
cms_status cms_module_follow(struct cms_module *module);

/* Loads the published end anew; whether a place up to end_of_place lies below it now. */
bool cms_file_extend(struct file *file, uint64_t end_of_place);

CMS_INLINE uint64_t load_header(const struct file *file, unsigned offset)
{
    return load_word(file->base + offset);
}

CMS_INLINE bool is_live(const struct file *file)
{
    return load_header(file, MARK_OFFSET) == MARK_LIVE;
}

/* Whether size bytes at an offset lie between arena and published end. */
CMS_INLINE bool is_in_arena(struct file *file, uint64_t offset, uint64_t size)
{
    return offset >= file->arena && (offset + size <= file->limit || cms_file_extend(file, offset + size));
}

#endif
