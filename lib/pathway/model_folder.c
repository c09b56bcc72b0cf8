#include "pathway/model_folder.h"

#include "base/memory.h"

#include <stdlib.h>
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
