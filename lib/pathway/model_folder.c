#include "pathway/model_folder.h"

#include "base/memory.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

char *model_folder_router(const char *folder)
{
    return memory_format("%s/router.safetensors", folder);
}

char *model_folder_seed(const char *folder)
{
    return memory_format("%s/seed.safetensors", folder);
}

char *model_folder_leaf(const char *folder, size_t leaf)
{
    return memory_format("%s/leaf-%04zu.safetensors", folder, leaf);
}

char *model_folder_of_cell(const char *path, size_t *number)
{
    static const char prefix[] = "cell-";
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    if (strncmp(name, prefix, strlen(prefix)) != 0)
        return NULL;
    const char *digits = name + strlen(prefix);
    char *end;
    errno = 0;
    *number = strtoul(digits, &end, 10);
    if (!isdigit((unsigned char)*digits) || errno || strcmp(end, ".csv") != 0)
        return NULL;
    if (!slash)
        return memory_copy_string(".");
    return memory_format("%.*s", slash == path ? 1 : (int)(slash - path), path);
}

bool path_is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool model_folder_load_router(const char *path, struct router *router, struct error *error)
{
    char *file = path_is_folder(path) ? model_folder_router(path) : memory_copy_string(path);
    bool good = router_load_file(router, file, error);
    free(file);
    return good;
}

bool model_folder_load_pathway(const char *path, struct router *router, struct error *error)
{
    struct leaf leaf;
    if (path_is_folder(path))
        return model_folder_load_router(path, router, error);
    if (!leaf_load_file(&leaf, path, error))
        return false;
    *router = router_make(row_columns_copy(&leaf.columns), names_copy(&leaf.classes));
    leaf_free(&leaf);
    return true;
}
