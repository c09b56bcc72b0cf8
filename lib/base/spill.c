#include "base/spill.h"

#include "base/error.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static _Noreturn void cannot(const char *folder, size_t bytes, int code)
{
    error_die(EX_CANTCREAT, "cannot make a temporary file of %zu bytes in %s: %s; set TMPDIR to a "
              "folder with more room, or allow more memory", bytes, folder, strerror(code));
}

static void *map_file(size_t bytes)
{
    const char *folder = getenv("TMPDIR");
    if (!folder || !*folder)
        folder = "/tmp";
    char *path = memory_format("%s/tesserae.XXXXXX", folder);
    int file = mkstemp(path);
    if (file < 0)
        cannot(folder, bytes, errno);
    unlink(path);
    free(path);
    int code = posix_fallocate(file, 0, (off_t)bytes); /* a full disk is met here, not at a write */
    if (code != 0)
        cannot(folder, bytes, code);
    void *block = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (block == MAP_FAILED)
        cannot(folder, bytes, errno);
    close(file);
    return block;
}

struct spill spill_alloc(size_t count, size_t size, size_t limit)
{
    struct spill spill = {0};
    if (!memory_multiply(count, size, &spill.bytes))
        error_die(EX_OSERR, "out of memory: cannot allocate %zu x %zu bytes", count, size);
    spill.in_file = limit > 0 && spill.bytes > limit;
    spill.block = spill.in_file ? map_file(spill.bytes) : memory_alloc(count, size);
    return spill;
}

size_t spill_usual_limit(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    return pages > 0 && page > 0 ? (size_t)pages / 4 * (size_t)page : 0;
}

void spill_free(struct spill *spill)
{
    if (spill->in_file)
        munmap(spill->block, spill->bytes);
    else
        free(spill->block);
    *spill = (struct spill){0};
}
