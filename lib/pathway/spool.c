#include "pathway/spool.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool open_file(struct spool *spool, const char *path, const char *mode, size_t columns,
                      struct error *error)
{
    *spool = (struct spool){.path = memory_copy_string(path), .columns = columns};
    spool->file = fopen(path, mode);
    if (spool->file)
        return true;
    error_set_errno(error, EX_CANTCREAT, "%s: cannot open", path);
    spool_close(spool, false);
    return false;
}

bool spool_create(struct spool *spool, const char *path, size_t columns, struct error *error)
{
    return open_file(spool, path, "w+bx", columns, error);
}

bool spool_open(struct spool *spool, const char *path, size_t columns, size_t rows,
                struct error *error)
{
    bool good = open_file(spool, path, "rb", columns, error);
    spool->rows = rows;
    return good;
}

static bool write_failed(const struct spool *spool, struct error *error)
{
    return error_set_errno(error, EX_IOERR, "%s: cannot write", spool->path);
}

bool spool_append(struct spool *spool, const real *row, struct error *error)
{
    spool->rows++;
    return fwrite(row, sizeof *row, spool->columns, spool->file) == spool->columns ||
           write_failed(spool, error);
}

bool spool_finish(struct spool *spool, struct error *error)
{
    return fflush(spool->file) == 0 || write_failed(spool, error);
}

struct spool spool_of_memory(const real *memory, size_t rows, size_t columns)
{
    return (struct spool){.memory = memory, .rows = rows, .columns = columns};
}

bool spool_read(struct spool *spool, size_t first, size_t count, real *rows, struct error *error)
{
    size_t row_bytes = spool->columns * sizeof *rows, bytes = count * row_bytes, done = 0;
    if (spool->memory) {
        memcpy(rows, spool->memory + first * spool->columns, bytes);
        return true;
    }
    while (done < bytes) {
        ssize_t got = pread(fileno(spool->file), (char *)rows + done, bytes - done,
                            (off_t)(first * row_bytes + done));
        if (got <= 0)
            return error_set_errno(error, EX_IOERR, "%s: cannot read", spool->path);
        done += (size_t)got;
    }
    return true;
}

void spool_close(struct spool *spool, bool remove_file)
{
    if (spool->file)
        fclose(spool->file);
    if (remove_file && spool->path)
        unlink(spool->path);
    free(spool->path);
    *spool = (struct spool){0};
}
