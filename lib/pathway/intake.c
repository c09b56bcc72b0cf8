#include "pathway/intake.h"

#include "base/memory.h"
#include "base/rng.h"
#include "base/signals.h"

#include <stdlib.h>
#include <string.h>

struct reader {
    const struct intake_options *options;
    struct intake *intake;
    struct stream *stream;
    struct rng rng;
    size_t sample_rows; /* at most */
    size_t capacity;    /* reals that there is room for in the sample */
    real *row;        /* (inputs + 1) */
};

static bool begin(void *context, const struct row_columns *columns,
                  const struct csv_record *header, struct error *error)
{
    struct reader *r = context;
    size_t width = columns->inputs + 1;
    (void)header;
    size_t room = r->options->sample_bytes / (width * sizeof(real));
    r->sample_rows = r->options->sample_rows;
    if (r->options->sample_bytes > 0 && room < r->sample_rows)
        r->sample_rows = room;
    r->row = memory_zeroed(width, sizeof *r->row);
    r->intake->moments = memory_zeroed(width, sizeof *r->intake->moments);
    return !r->options->spool_path ||
           spool_create(&r->intake->spool, r->options->spool_path, width, error);
}

/* The number of a label; false when it is new and all are known. */
static bool number_label(struct reader *r, const struct row *row, real *number,
                         struct error *error)
{
    uint32_t class = r->options->known
                         ? names_find(&r->intake->classes, row->label)
                         : names_add(&r->intake->classes, row->label, strlen(row->label));
    *number = (real)class;
    return class != NAMES_ABSENT ||
           error_set(error, EX_DATAERR, "%s:%zu: the label '%.60s' is new; expected one of the "
                     "%zu that the model knows", stream_name(r->stream), row->line, row->label,
                     r->intake->classes.count);
}

/* Algorithm R: the i-th row (from 1) takes a place with probability sample / i. */
static void sample_row(struct reader *r, size_t width)
{
    struct intake *intake = r->intake;
    size_t place = intake->rows - 1;
    if (intake->sample_count < r->sample_rows) {
        intake->sample = memory_grow(intake->sample, &r->capacity,
                                     (intake->sample_count + 1) * width, sizeof(real));
        place = intake->sample_count++;
    } else {
        place = rng_below(&r->rng, intake->rows);
    }
    if (place < intake->sample_count)
        memcpy(intake->sample + place * width, r->row, width * sizeof(real));
}

static bool take_row(void *context, const struct row *row, struct error *error)
{
    struct reader *r = context;
    struct intake *intake = r->intake;
    size_t inputs = r->options->known ? r->options->known->inputs : intake->columns.inputs;
    for (size_t j = 0; j < inputs; j++)
        r->row[j] = (real)row->inputs[j];
    r->row[inputs] = (real)row->target;
    if (row->label && !number_label(r, row, &r->row[inputs], error))
        return false;
    intake->rows++;
    moments_add_rows(intake->moments, r->row, 1, inputs + 1);
    sample_row(r, inputs + 1);
    if (signals_pending())
        return error_set(error, EXIT_INTERRUPTED, "interrupted");
    return !intake->spool.file || spool_append(&intake->spool, r->row, error);
}

bool intake_read(struct intake *intake, struct stream *stream,
                 const struct intake_options *options, struct error *error)
{
    *intake = (struct intake){0};
    struct reader reader = {.options = options, .intake = intake, .stream = stream,
                            .rng = rng_make(options->seed, RNG_SAMPLE, 0)};
    const struct row_sink sink = {.begin = begin, .row = take_row, .context = &reader};
    bool good;
    if (options->known) {
        intake->columns = row_columns_copy(options->known);
        intake->classes = names_copy(options->classes);
        good = rows_scan(stream, options->known, true, &sink, error);
    } else {
        good = rows_discover(stream, options->inputs, options->target, options->labels,
                             &intake->columns, &sink, error);
    }
    free(reader.row);
    if (good && intake->rows == 0 && !options->may_be_empty)
        good = error_set(error, EX_DATAERR, "%s: a header but no rows; expected one at least",
                         stream_name(stream));
    good = good && (!intake->spool.file || spool_finish(&intake->spool, error));
    if (!good)
        intake_free(intake);
    return good;
}

void intake_free(struct intake *intake)
{
    row_columns_free(&intake->columns);
    names_free(&intake->classes);
    free(intake->moments);
    free(intake->sample);
    spool_close(&intake->spool, true);
    *intake = (struct intake){0};
}
