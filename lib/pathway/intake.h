/*
 * Intake: reads a stream of examples once, in bounded memory: the names of its columns, the moments
 * of each, a sample of its rows (a reservoir: every row is in it with the same probability;
 * Vitter's algorithm R), and, where more passes will follow, a spool of all of them.
 *
 * A row is (inputs + 1) reals: the inputs, then the target: a number, or of labels the number of
 * the class, or 0 where there is none.
 */
#ifndef TESSERAE_PATHWAY_INTAKE_H
#define TESSERAE_PATHWAY_INTAKE_H

#include "graph/names.h"
#include "io/rows.h"
#include "pathway/spool.h"
#include "tensor/standardise.h"

struct intake_options {
    const char *inputs;   /* "a,b,c", or NULL: all columns but the target */
    const char *target;   /* or NULL: none */
    bool labels;          /* the target is a class label */
    const struct row_columns *known; /* the columns, where a model tells them; else NULL */
    const struct names *classes;     /* with known labels: no others may come */
    size_t sample_rows;   /* at most; SIZE_MAX: all */
    size_t sample_bytes;  /* at most, too; 0: any number */
    bool may_be_empty;    /* a header without rows is no error */
    const char *spool_path;          /* where to write all rows; NULL: nowhere */
    uint64_t seed;
};

struct intake {
    struct row_columns columns;
    struct names classes;    /* in the order in which they came, or the known ones */
    struct moments *moments; /* (inputs + 1) */
    real *sample;            /* (sample_count, inputs + 1) */
    size_t sample_count, rows;
    struct spool spool;      /* finished, where one was wanted */
};

/* EX_DATAERR as rows_scan, and for a label that is not known. Free with intake_free. */
bool intake_read(struct intake *intake, struct stream *stream,
                 const struct intake_options *options, struct error *error);

/* Removes the spool, too. */
void intake_free(struct intake *intake);

#endif
