#include "base/folder.h"

#include "base/memory.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is to be removed at exit: the folder of this process, if one is open. */
static char *open_folder;
static pid_t owner;

static void remove_folder(const char *path)
{
    DIR *listing = opendir(path);
    if (listing) {
        for (struct dirent *entry = readdir(listing); entry; entry = readdir(listing))
            unlinkat(dirfd(listing), entry->d_name, 0); /* "." and ".." refuse */
        closedir(listing);
    }
    rmdir(path);
}

static void remove_open_folder(void)
{
    if (open_folder && owner == getpid())
        remove_folder(open_folder);
    open_folder = NULL;
}

/* New, or an empty folder. */
static bool check_place(const char *name, struct error *error)
{
    struct stat status;
    if (lstat(name, &status) != 0)
        return true;
    DIR *listing = S_ISDIR(status.st_mode) ? opendir(name) : NULL;
    size_t entries = 0;
    while (listing && readdir(listing))
        entries++;
    if (listing)
        closedir(listing);
    if (entries == 2)
        return true;
    return error_set(error, EX_CANTCREAT, "%s: is there already; expected a new or empty folder",
                     name);
}

static void forget(struct folder *folder)
{
    if (open_folder == folder->unfinished)
        open_folder = NULL;
    free(folder->name);
    free(folder->unfinished);
    *folder = (struct folder){0};
}

bool folder_begin(struct folder *folder, const char *path, struct error *error)
{
    static bool registered;
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    *folder = (struct folder){.name = memory_copy_bytes(path, length)};
    folder->unfinished = memory_format("%s.XXXXXX", folder->name);
    if (length == 0 || open_folder)
        error_set(error, length ? EX_SOFTWARE : EX_CANTCREAT,
                  "cannot create the folder '%s'; expected one with a name", folder->name);
    else if (!registered && atexit(remove_open_folder) != 0)
        error_set_errno(error, EX_OSERR, "%s: cannot create", path);
    else if (check_place(folder->name, error) && !mkdtemp(folder->unfinished))
        error_set_errno(error, EX_CANTCREAT, "%s: cannot create", folder->name);
    if (error->exit_code != EX_OK) {
        forget(folder);
        return false;
    }
    registered = true;
    owner = getpid();
    open_folder = folder->unfinished;
    mode_t mask = umask(0);
    umask(mask);
    chmod(folder->unfinished, 0777 & ~mask);
    return true;
}

char *folder_file(const struct folder *folder, const char *file)
{
    return memory_format("%s/%s", folder->unfinished, file);
}

/* The names of a folder's files are on the disk when this returns true. */
static bool sync_folder(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY);
    bool good = descriptor >= 0 && fsync(descriptor) == 0;
    if (descriptor >= 0)
        close(descriptor);
    return good;
}

bool folder_commit(struct folder *folder, struct error *error)
{
    if (!sync_folder(folder->unfinished) || rename(folder->unfinished, folder->name) != 0) {
        error_set_errno(error, EX_CANTCREAT, "%s: cannot put in place", folder->name);
        folder_discard(folder);
        return false;
    }
    forget(folder);
    return true;
}

void folder_discard(struct folder *folder)
{
    if (folder->unfinished)
        remove_folder(folder->unfinished);
    forget(folder);
}
