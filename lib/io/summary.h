/*
 * Summaries: type, shape and statistics of every array or column of an input. NPY streams, IDX and
 * CSV pass through in bounded memory, however long they are.
 */
#ifndef TESSERAE_IO_SUMMARY_H
#define TESSERAE_IO_SUMMARY_H

#include "io/array.h"
#include "io/stream.h"

/* Running moments of the finite values, and how many others there are. */
struct moments {
    size_t finite;
    size_t nan;
    size_t infinite;
    double least;
    double greatest;
    double mean;
    double squares; /* the sum of squared differences from the mean */
};

void moments_add(struct moments *moments, const double *values, size_t count);

/* Of the finite values, as numpy.std has it (divided by n); NaN when there are none. */
double moments_deviation(const struct moments *moments);

struct summary {
    const char *name;   /* of the array or column; NULL where it has none */
    const char *dtype;  /* as numpy names it, or "text" */
    int dimensions;
    size_t shape[ARRAY_MOST_DIMENSIONS];
    bool numeric;       /* whether there are moments */
    struct moments moments;
};

/* What is told of an input; context is the caller's. */
struct summary_sink {
    bool (*summary)(void *context, const struct summary *summary, struct error *error);
    bool (*metadata)(void *context, const char *key, const char *value, struct error *error);
    void *context;
};

/*
 * Summarises every record of the stream: each array, and each column of a table. A safetensors
 * file's metadata come first.
 */
bool summarise(struct stream *stream, const struct summary_sink *sink, struct error *error);

#endif
