/*
 * Predictor: a stream of rows through a model, within a bound on memory that is known before the
 * first row is read. Rows are gathered in a window, sorted by leaf, so that a leaf is loaded once
 * for all of its rows there, and written in the order in which they came.
 */
#ifndef TESSERAE_PATHWAY_PREDICTOR_H
#define TESSERAE_PATHWAY_PREDICTOR_H

#include "base/report.h"
#include "pathway/leaf_cache.h"

struct predictor_options {
    size_t memory;        /* bytes, the bound */
    size_t window;        /* rows; 0: up to 4096, in a quarter of the memory */
    bool mapped;
    bool blend;           /* mix the two nearest leaves */
    bool probabilities;   /* of labels: write them, too */
};

/* What the bound is made of, in bytes. */
struct predictor_memory {
    size_t router;        /* twice: it is read and copied */
    size_t index, rows, input_output;
    size_t slots, slot_bytes, window, window_row_bytes;
    size_t bound;         /* of all: at most options.memory */
};

struct predictor {
    const struct router *router;
    struct leaf_cache *cache;
    struct predictor_options options;
    struct predictor_memory memory;

    /* Figures, of the rows whose target was there. */
    size_t rows, judged;
    double squares, absolutes;       /* sums of errors */
    double correct, cross_entropy;   /* of labels */
};

/*
 * Plans the memory and makes the slots of the cache. EX_USAGE when the bound is below the least
 * that is needed, which is named. Both must live on.
 */
bool predictor_begin(struct predictor *predictor, const struct router *router,
                     struct leaf_cache *cache, const struct predictor_options *options,
                     struct error *error);

/* "router 480 + index 192 + ... = 1048000 of 1048576 bytes"; free() it. */
char *predictor_memory_text(const struct predictor *predictor);

/* Predicts every row of the stream. */
bool predictor_run(struct predictor *predictor, struct stream *stream, struct output *output,
                   struct error *error);

/* Parameters that one prediction loads, prototypes and leaves together, and that are stored. */
size_t predictor_loaded(const struct predictor *predictor);
size_t predictor_stored(const struct predictor *predictor);

void predictor_report(const struct predictor *predictor, struct report *report);

#endif
