/*
 * Cells: the rows of each leaf as a CSV file of its own, cell-0007.csv, and cells.csv, which names
 * them with their numbers of rows and their SHA-256. They are what leaves are trained from, and do
 * not change any more once the folder is there.
 *
 * With a halo, rows that lie near a border also go to the cell next to theirs, in a file beside it,
 * halo-0007.csv: a leaf may learn from them, but is not judged by them.
 */
#ifndef TESSERAE_PATHWAY_CELLS_H
#define TESSERAE_PATHWAY_CELLS_H

#include "pathway/router.h"
#include "pathway/spool.h"

/* What is known of the cell of a leaf. */
struct cell {
    uint64_t rows, halo_rows;
    char hash[SHA256_TEXT];      /* of its file */
    char halo_hash[SHA256_TEXT]; /* of its halo's file; "" where there is none */
};

struct cells {
    size_t count; /* leaves */
    struct cell *list;
};

/* Paths in a folder, for a leaf; free() them. */
char *cell_path(const char *folder, size_t leaf);
char *halo_path(const char *folder, size_t leaf);
char *cells_path(const char *folder);

/*
 * Writes the rows (inputs + 1) of the spool into the cells of a folder, in their order, each to the
 * leaf that the router sends it to, and to the one beside it too where its margin is below `halo`.
 * Every rank reads its share of the spool and writes the cells of leaves rank, rank + ranks, ...;
 * the bytes do not depend on how many there are. Holds some `memory` bytes at a time, and one file
 * open. Collective; fills cells on every rank.
 */
bool cells_write(const struct router *router, struct spool *spool, double halo, size_t memory,
                 const char *folder, struct cells *cells, struct error *error);

/* cells.csv, written and read. */
bool cells_save(const struct cells *cells, const char *folder, struct error *error);
bool cells_load(struct cells *cells, const char *folder, struct error *error);
void cells_free(struct cells *cells);

#endif
