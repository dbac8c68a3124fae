#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "segment.h"

#ifdef CMS_TEST_LOADS
void (*cms_before_load)(void);
#endif

#define DEFAULT_RUN_DIRECTORY "/run/cms"

bool cms_is_module_name(const char *name)
{
    const size_t size = strlen(name);
    if (size == 0 || size > CMS_NAME_SIZE || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        return false;
    }

    for (size_t index = 0; index < size; index++) {
        if (name[index] < 33 || name[index] > 126 || name[index] == '/') {
            return false;
        }
    }

    return true;
}

/* Takes the path over, also on failure. */
static cms_status open_path(char *path, cms_module **opened)
{
    if (path == NULL) {
        return CMS_NO_MEMORY;
    }

    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, sizeof first);
    cms_module *module = calloc(1, sizeof *module);
    cms_status status = first != 1 || sizeof(void *) != WORD_SIZE ? CMS_WRONG_MACHINE
        : module == NULL                                          ? CMS_NO_MEMORY
                                                                  : cms_file_open(path, &module->file);
    if (status == CMS_OK) {
        module->path = path;
        module->generation = 1;
        module->locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
        if (module->locale != (locale_t)0) {
            *opened = module;
            return CMS_OK;
        }

        cms_file_close(&module->file);
        status = CMS_NO_MEMORY;
    }

    const int error = errno;
    free(module);
    free(path);
    errno = error;
    return status;
}

cms_status cms_open(const char *module, const char *run_directory, cms_module **opened)
{
    *opened = NULL;
    if (!cms_is_module_name(module)) {
        return CMS_INVALID_ARGUMENT;
    }

    const char *directory = run_directory != NULL ? run_directory : getenv("CMS_RUN_DIRECTORY");
    if (directory == NULL) {
        directory = DEFAULT_RUN_DIRECTORY;
    }

    const size_t size = strlen(directory) + strlen(module) + sizeof "/segments/.seg";
    char *path = malloc(size);
    if (path != NULL) {
        (void)snprintf(path, size, "%s/segments/%s.seg", directory, module);
    }

    return open_path(path, opened);
}

cms_status cms_open_file(const char *path, cms_module **opened)
{
    *opened = NULL;
    return open_path(strdup(path), opened);
}

void cms_close(cms_module *module)
{
    if (module == NULL) {
        return;
    }

    cms_file_close(&module->file);
    freelocale(module->locale);
    free(module->path);
    free(module);
}

/* Makes sure that the file in use is the newest. */
static cms_status go_to_newest(cms_module *module)
{
    for (unsigned attempt = 0; attempt < MOST_ATTEMPTS && !is_live(&module->file); attempt++) {
        const cms_status status = cms_module_follow(module);
        if (status != CMS_OK) {
            return status == CMS_END ? CMS_OK : status;
        }
    }

    return CMS_OK;
}

cms_status cms_revision(cms_module *module, uint64_t *revision)
{
    const cms_status status = go_to_newest(module);
    *revision = status == CMS_OK ? load_header(&module->file, VISIBLE_OFFSET) : 0;
    return status;
}

cms_status cms_journal(cms_module *module, unsigned char journal[16])
{
    const cms_status status = go_to_newest(module);
    if (status == CMS_OK) {
        const uint64_t words[2] = {load_header(&module->file, JOURNAL_OFFSET), load_header(&module->file, JOURNAL_OFFSET + WORD_SIZE)};
        memcpy(journal, words, sizeof words);
    }

    return status;
}

cms_status cms_snapshot_take(cms_module *module, cms_snapshot *snapshot)
{
    const cms_status status = go_to_newest(module);
    *snapshot = (cms_snapshot){
        .revision = status == CMS_OK ? load_header(&module->file, VISIBLE_OFFSET) : 0,
        .private_module = module,
        .private_generation = module->generation,
    };
    return status;
}
