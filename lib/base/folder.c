#include "base/folder.h"

#include "base/memory.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What is to be removed at the end: the folder of this process, if one is open. */
static char *volatile open_folder;
static pid_t owner;

/* An entry of a folder, as getdents64 gives it. */
struct entry {
    uint64_t inode;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

/* By system calls alone, since opendir is not allowed in a signal handler. */
static void remove_folder(const char *path)
{
    enum { ROOM = 4096 };
    _Alignas(struct entry) char entries[ROOM];
    int folder = open(path, O_RDONLY | O_DIRECTORY);
    bool removed = folder >= 0;
    while (removed) { /* from the beginning again, until nothing more can be removed */
        long count;
        lseek(folder, 0, SEEK_SET);
        removed = false;
        while ((count = syscall(SYS_getdents64, folder, entries, ROOM)) > 0)
            for (long at = 0; at < count; ) {
                const struct entry *entry = (const struct entry *)(const void *)(entries + at);
                removed |= unlinkat(folder, entry->name, 0) == 0; /* "." and ".." refuse */
                at += entry->length;
            }
    }
    if (folder >= 0)
        close(folder);
    rmdir(path);
}

void folder_remove_unfinished(void)
{
    const char *path = open_folder;
    if (path && owner == getpid())
        remove_folder(path);
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
    else if (!registered && atexit(folder_remove_unfinished) != 0)
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
