/*
 * Samples to a file as they are finished: one NPY record of all of them, NPY records of one sample
 * each, or CSV. When a run ends early, what is there is kept: in a file that can be gone back in,
 * the record's shape then says how many samples it has.
 */
#ifndef TESSERAE_DIFFUSION_SAMPLE_WRITER_H
#define TESSERAE_DIFFUSION_SAMPLE_WRITER_H

#include "base/output.h"
#include "diffusion/data_set.h"

#include <sys/types.h>

enum sample_format { SAMPLES_NPY, SAMPLES_RECORDS, SAMPLES_CSV };

struct sample_writer {
    struct output output;
    enum sample_format format;
    struct record_shape shape; /* of one sample */
    size_t expected, written;  /* samples */
    off_t header_at;           /* where the file's header begins; negative in a pipe */
};

/*
 * Opens path (NULL, "-": standard output) for `expected` samples of a shape. names (columns) become
 * the header of a CSV table; NULL: none.
 */
bool sample_writer_open(struct sample_writer *writer, const char *path, enum sample_format format,
                        const struct record_shape *shape, char *const *names, size_t expected,
                        struct error *error);

/* Writes count samples (count, columns) and flushes. */
bool sample_writer_add(struct sample_writer *writer, const real *samples, size_t count,
                       struct error *error);

/*
 * Ends the file, complete or not; one without any sample is removed, where it is not a pipe. False
 * where it cannot be written, with the error set unless it already was.
 */
bool sample_writer_close(struct sample_writer *writer, struct error *error);

#endif
