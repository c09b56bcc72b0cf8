#include "pathway/cells.h"

#include "base/memory.h"
#include "base/signals.h"
#include "dist/ranks.h"
#include "io/csv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *cell_path(const char *folder, size_t leaf)
{
    return memory_format("%s/cell-%04zu.csv", folder, leaf);
}

char *halo_path(const char *folder, size_t leaf)
{
    return memory_format("%s/halo-%04zu.csv", folder, leaf);
}

char *cells_path(const char *folder)
{
    return memory_format("%s/cells.csv", folder);
}

/* A row on its way to a file. `file` is twice the leaf, and one more for its halo. */
struct parcel_head {
    uint64_t file;
};

struct writer {
    const struct router *router;
    const char *folder;
    double halo;
    size_t ranks, self;
    size_t columns, parcel_bytes; /* a parcel is its head and its row */
    uint64_t *rows;        /* (2 leaves): written so far, by file */
    struct sha256 *hashes; /* (2 leaves) */
};

/* --- one file --- */

static void print_row(const struct router *r, const real *row, FILE *text)
{
    for (size_t j = 0; j < r->inputs; j++) {
        if (j > 0)
            fputc(',', text);
        csv_write_float(text, (float)row[j]);
    }
    if (!r->columns.target_name)
        return;
    fputc(',', text);
    if (r->columns.labels)
        csv_write_field(text, r->classes.strings[(size_t)row[r->inputs]]);
    else
        csv_write_float(text, (float)row[r->inputs]);
}

static void print_header(const struct router *r, FILE *text)
{
    for (size_t j = 0; j < r->inputs; j++) {
        if (j > 0)
            fputc(',', text);
        csv_write_field(text, r->columns.input_names[j]);
    }
    if (r->columns.target_name) {
        fputc(',', text);
        csv_write_field(text, r->columns.target_name);
    }
    fputc('\n', text);
}

static bool append(const char *path, const char *bytes, size_t count, struct error *error)
{
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);
    if (file < 0)
        return error_set_errno(error, EX_CANTCREAT, "%s: cannot create", path);
    bool good = true;
    for (size_t done = 0; good && done < count; ) {
        ssize_t put = write(file, bytes + done, count - done);
        if (put > 0)
            done += (size_t)put;
        else if (put == 0 || errno != EINTR)
            good = error_set_errno(error, EX_IOERR, "%s: cannot write", path);
    }
    if (close(file) != 0 && good)
        good = error_set_errno(error, EX_IOERR, "%s: cannot write", path);
    return good;
}

/* Appends the parcels' rows, which all go to one file; a file begins with the header. */
static bool write_rows(struct writer *w, size_t file, const char *const *parcels, size_t count,
                       struct error *error)
{
    char *bytes, *path = file % 2 ? halo_path(w->folder, file / 2) : cell_path(w->folder, file / 2);
    size_t length;
    FILE *text = memory_stream_open(&bytes, &length);
    if (w->rows[file] == 0)
        print_header(w->router, text);
    for (size_t i = 0; i < count; i++) {
        print_row(w->router, (const real *)(const void *)(parcels[i] + sizeof(struct parcel_head)),
                  text);
        fputc('\n', text);
    }
    memory_stream_close(text, &bytes);
    w->rows[file] += count;
    sha256_add(&w->hashes[file], bytes, length);
    bool good = append(path, bytes, length, error);
    free(bytes);
    free(path);
    return good;
}

/* --- a block of rows --- */

static void pack(const struct writer *w, size_t file, const real *row, char *parcel)
{
    const struct parcel_head head = {.file = file};
    memcpy(parcel, &head, sizeof head);
    memcpy(parcel + sizeof head, row, w->columns * sizeof *row);
}

/* Parcels of this rank's rows, sorted by the rank that they go to; bytes (ranks) for each. */
static char *make_parcels(const struct writer *w, const real *rows, size_t count, size_t *bytes)
{
    struct route *routes = memory_alloc(count, sizeof *routes);
    real *inputs = memory_alloc(count * w->router->inputs, sizeof *inputs);
    char *parcels = memory_alloc(2 * count, w->parcel_bytes), *next = parcels;
    for (size_t i = 0; i < count; i++)
        memcpy(inputs + i * w->router->inputs, rows + i * w->columns,
               w->router->inputs * sizeof *rows);
    router_route_rows(w->router, inputs, count, routes);
    for (size_t rank = 0; rank < w->ranks; rank++) {
        char *first = next;
        for (size_t i = 0; i < count; i++) {
            const real *row = rows + i * w->columns;
            bool near = routes[i].second != routes[i].leaf &&
                        (double)route_margin(&routes[i]) < w->halo;
            if (routes[i].leaf % w->ranks == rank) {
                pack(w, 2 * (size_t)routes[i].leaf, row, next);
                next += w->parcel_bytes;
            }
            if (near && routes[i].second % w->ranks == rank) {
                pack(w, 2 * (size_t)routes[i].second + 1, row, next);
                next += w->parcel_bytes;
            }
        }
        bytes[rank] = (size_t)(next - first);
    }
    free(routes);
    free(inputs);
    return parcels;
}

static size_t file_of(const char *parcel)
{
    struct parcel_head head;
    memcpy(&head, parcel, sizeof head);
    return head.file;
}

static int by_file(const void *a, const void *b)
{
    const char *one = *(const char *const *)a, *other = *(const char *const *)b;
    size_t first = file_of(one), second = file_of(other);
    if (first != second)
        return first < second ? -1 : 1;
    return one < other ? -1 : one > other; /* as they came */
}

/* Sorts what came by file, and appends each file's rows. */
static bool deliver(struct writer *w, const char *all, size_t bytes, struct error *error)
{
    size_t count = bytes / w->parcel_bytes;
    const char **parcels = memory_alloc(count, sizeof *parcels);
    for (size_t i = 0; i < count; i++)
        parcels[i] = all + i * w->parcel_bytes;
    qsort(parcels, count, sizeof *parcels, by_file);
    bool good = true;
    for (size_t first = 0, end; good && first < count; first = end) {
        size_t file = file_of(parcels[first]);
        for (end = first + 1; end < count && file_of(parcels[end]) == file; )
            end++;
        good = write_rows(w, file, parcels + first, end - first, error);
    }
    free(parcels);
    return good;
}

/* This rank's part, first .. first + count, of a block of the spool, sent and delivered. */
static bool write_block(struct writer *w, struct spool *spool, size_t first, size_t count,
                        struct error *error)
{
    real *rows = memory_alloc(count * w->columns, sizeof *rows);
    size_t *bytes = memory_zeroed(w->ranks, sizeof *bytes), received;
    bool good = spool_read(spool, first, count, rows, error);
    char *parcels = make_parcels(w, rows, good ? count : 0, bytes);
    char *all = ranks_exchange(parcels, bytes, &received);
    good = deliver(w, all, received, error) && good;
    free(rows);
    free(bytes);
    free(parcels);
    free(all);
    return good;
}

/* --- all of them --- */

/* A file for every cell, also those without rows: only the header. */
static bool write_empty_cells(struct writer *w, struct error *error)
{
    bool good = true;
    for (size_t leaf = w->self; good && leaf < w->router->leaves; leaf += w->ranks)
        if (w->rows[2 * leaf] == 0)
            good = write_rows(w, 2 * leaf, NULL, 0, error);
    return good;
}

/* What each rank knows of its cells, told to all. */
static void gather(struct writer *w, struct cells *cells)
{
    enum { KEPT = 1 + SHA256_BYTES }; /* rows, and the bytes of the hash */
    size_t files = 2 * w->router->leaves;
    double *all = memory_zeroed(files * KEPT, sizeof *all);
    for (size_t file = 0; file < files; file++) {
        unsigned char digest[SHA256_BYTES];
        if (file / 2 % w->ranks != w->self)
            continue;
        sha256_finish(&w->hashes[file], digest);
        all[file * KEPT] = (double)w->rows[file];
        for (size_t i = 0; i < SHA256_BYTES; i++)
            all[file * KEPT + 1 + i] = digest[i];
    }
    ranks_sum_doubles(all, files * KEPT);
    *cells = (struct cells){.count = w->router->leaves};
    cells->list = memory_zeroed(cells->count, sizeof *cells->list);
    for (size_t file = 0; file < files; file++) {
        struct cell *cell = &cells->list[file / 2];
        unsigned char digest[SHA256_BYTES];
        for (size_t i = 0; i < SHA256_BYTES; i++)
            digest[i] = (unsigned char)all[file * KEPT + 1 + i];
        *(file % 2 ? &cell->halo_rows : &cell->rows) = (uint64_t)all[file * KEPT];
        if (file % 2 == 0 || cell->halo_rows > 0)
            sha256_print(digest, file % 2 ? cell->halo_hash : cell->hash);
    }
    free(all);
}

bool cells_write(const struct router *router, struct spool *spool, double halo, size_t memory,
                 const char *folder, struct cells *cells, struct error *error)
{
    struct writer w = {.router = router, .folder = folder, .halo = halo,
                       .ranks = (size_t)ranks_count(), .self = (size_t)ranks_rank(),
                       .columns = spool->columns,
                       .parcel_bytes = sizeof(struct parcel_head) + spool->columns * sizeof(real)};
    w.rows = memory_zeroed(2 * router->leaves, sizeof *w.rows);
    w.hashes = memory_alloc(2 * router->leaves, sizeof *w.hashes);
    for (size_t file = 0; file < 2 * router->leaves; file++)
        sha256_start(&w.hashes[file]);
    /* Rows are held some six times over: read, packed, received, as text. */
    size_t block = memory / (8 * w.parcel_bytes) + 1;
    bool good = true;
    for (size_t first = 0; first < spool->rows && good; first += block * w.ranks) {
        size_t start = first + block * w.self;
        size_t left = start < spool->rows ? spool->rows - start : 0;
        good = write_block(&w, spool, start, left < block ? left : block, error) &&
               (!signals_pending() || error_set(error, EXIT_INTERRUPTED, "interrupted"));
    }
    good = good && write_empty_cells(&w, error);
    if (good)
        gather(&w, cells);
    free(w.rows);
    free(w.hashes);
    return good;
}
