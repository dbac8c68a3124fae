#include "segment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "key.h"

static uint64_t header_checksum(const struct file *file)
{
    /* The version and everything from the journal's id to the arena. */
    uint64_t words[1 + (CHECKSUM_OFFSET - JOURNAL_OFFSET) / WORD_SIZE];
    words[0] = load_header(file, VERSION_OFFSET);
    for (unsigned offset = JOURNAL_OFFSET; offset < CHECKSUM_OFFSET; offset += WORD_SIZE) {
        words[1 + (offset - JOURNAL_OFFSET) / WORD_SIZE] = load_header(file, offset);
    }

    return hash_bytes(words, sizeof words, MAGIC, ~MAGIC);
}

static cms_status check_identity(const struct file *file)
{
    const uint64_t magic = load_header(file, 0);
    if (magic != MAGIC) {
        return magic == __builtin_bswap64(MAGIC) ? CMS_WRONG_MACHINE : CMS_NOT_A_SEGMENT;
    }

    const uint64_t version = load_header(file, VERSION_OFFSET);
    if ((uint32_t)version != FORMAT_VERSION) {
        return CMS_UNSUPPORTED_VERSION;
    }

    return version >> 32 == HEADER_SIZE && load_header(file, CHECKSUM_OFFSET) == header_checksum(file) ? CMS_OK : CMS_CORRUPT;
}

static cms_status take_constants(struct file *file)
{
    const uint64_t maximum = load_header(file, MAXIMUM_SIZE_OFFSET);
    const uint64_t index = load_header(file, INDEX_OFFSET);
    const uint64_t end = load_header(file, END_OFFSET);
    file->bucket_count = load_header(file, BUCKET_COUNT_OFFSET);
    file->arena = load_header(file, ARENA_OFFSET);
    file->seed = load_header(file, SEED_OFFSET);
    file->second_seed = load_header(file, SEED_SECOND_OFFSET);
    const bool is_possible = maximum <= LARGEST_FILE && end <= maximum && file->arena <= end && index <= file->arena
        && index >= HEADER_SIZE && index % BUCKET_SIZE == 0 && file->arena % WORD_SIZE == 0
        && file->bucket_count >= 1 && file->bucket_count <= MOST_BUCKETS
        && index + file->bucket_count * BUCKET_SIZE <= file->arena;
    if (!is_possible) {
        return CMS_CORRUPT;
    }

    if (maximum > file->size) {
        return CMS_TRUNCATED;
    }

    file->index = file->base + index;
    file->index_end = file->index + file->bucket_count * BUCKET_SIZE;
    file->limit = end;
    return CMS_OK;
}

static cms_status status_of_errno(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return CMS_NOT_FOUND;
    case EACCES:
    case EPERM:
        return CMS_DENIED;
    default:
        return CMS_SYSTEM;
    }
}

static cms_status map(int descriptor, struct file *file)
{
    struct stat about;
    if (fstat(descriptor, &about) != 0) {
        return CMS_SYSTEM;
    }

    if (!S_ISREG(about.st_mode) || about.st_size < HEADER_SIZE) {
        return CMS_NOT_A_SEGMENT;
    }

    file->size = (uint64_t)about.st_size;
    file->device = about.st_dev;
    file->inode = about.st_ino;
    /* No segment is larger; what is behind does not matter, and a header that says otherwise is found out. */
    if (file->size > LARGEST_FILE) {
        file->size = LARGEST_FILE;
    }

    void *base = mmap(NULL, file->size, PROT_READ, MAP_SHARED | MAP_NORESERVE, descriptor, 0);
    if (base == MAP_FAILED) {
        return CMS_SYSTEM;
    }

    file->base = base;
    return CMS_OK;
}

cms_status cms_file_open(const char *path, struct file *file)
{
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0) {
        return status_of_errno(errno);
    }

    *file = (struct file){0};
    cms_status status = map(descriptor, file);
    const int error = errno;
    (void)close(descriptor);
    errno = error;
    if (status != CMS_OK) {
        return status;
    }

    status = check_identity(file);
    if (status == CMS_OK) {
        status = take_constants(file);
    }

    if (status != CMS_OK) {
        cms_file_close(file);
    }

    return status;
}

void cms_file_close(struct file *file)
{
    if (file->base != NULL) {
        (void)munmap((void *)(uintptr_t)file->base, file->size);
        file->base = NULL;
    }
}

bool cms_file_extend(struct file *file, uint64_t end_of_place)
{
    const uint64_t end = load_header(file, END_OFFSET);
    const uint64_t published = end < file->size ? end : file->size;
    if (published > file->limit) {
        file->limit = published;
    }

    return end_of_place <= file->limit;
}

cms_status cms_module_follow(struct cms_module *module)
{
    struct file next;
    const cms_status status = cms_file_open(module->path, &next);
    if (status != CMS_OK) {
        return status == CMS_NOT_FOUND ? CMS_GONE : status;
    }

    if (next.device == module->file.device && next.inode == module->file.inode) {
        cms_file_close(&next);
        return CMS_END;
    }

    cms_file_close(&module->file);
    module->file = next;
    module->generation++;
    return CMS_OK;
}
