/*
 * Records: what an input of any kind holds, one after the other. An NPY stream holds arrays, NPZ
 * and safetensors arrays with names, IDX and PNG one array, CSV one table, JSON either.
 */
#ifndef TESSERAE_IO_RECORDS_H
#define TESSERAE_IO_RECORDS_H

#include "io/array.h"
#include "io/csv.h"
#include "io/stream.h"

struct record {
    char *name;         /* the array's name in its file; NULL where it has none */
    bool is_table;      /* which of the two it is */
    struct array array;
    struct table table;
};

struct records;

/*
 * Begins to read; the stream must live on. `options` are for tables; NULL: the rule of table_read.
 * NULL on failure. Close with records_close.
 */
struct records *records_open(struct stream *stream, const struct table_options *options,
                             struct error *error);

/* The next record; *end is true (and the record empty) when there are no more. */
bool records_next(struct records *records, struct record *record, bool *end, struct error *error);

/* The metadata of a safetensors file; 0 for all others. */
size_t records_metadata_count(const struct records *records);
const char *records_metadata_key(const struct records *records, size_t position);
const char *records_metadata_value(const struct records *records, size_t position);

void record_free(struct record *record);
void records_close(struct records *records);

#endif
