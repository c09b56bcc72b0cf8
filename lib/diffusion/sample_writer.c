#include "diffusion/sample_writer.h"

#include "base/memory.h"
#include "io/csv.h"
#include "io/npy.h"

#include <stdlib.h>
#include <string.h>

/* The header of one record of `count` samples. */
static bool write_header(struct sample_writer *writer, size_t count, struct error *error)
{
    size_t shape[ARRAY_MOST_DIMENSIONS] = {count};
    memcpy(shape + 1, writer->shape.sizes, (size_t)writer->shape.dimensions * sizeof *shape);
    return npy_write_header(&writer->output, DTYPE_F32, writer->shape.dimensions + 1, shape, error);
}

static void write_names(struct sample_writer *writer, char *const *names)
{
    size_t columns = record_shape_count(&writer->shape);
    for (size_t j = 0; names && j < columns; j++) {
        csv_write_field(writer->output.file, names[j]);
        putc(j + 1 < columns ? ',' : '\n', writer->output.file);
    }
}

bool sample_writer_open(struct sample_writer *writer, const char *path, enum sample_format format,
                        const struct record_shape *shape, char *const *names, size_t expected,
                        struct error *error)
{
    *writer = (struct sample_writer){.format = format, .shape = *shape, .expected = expected};
    if (!output_open(&writer->output, path, error))
        return false;
    writer->header_at = ftello(writer->output.file);
    if (format == SAMPLES_CSV)
        write_names(writer, names);
    return true;
}

static bool write_sample(struct sample_writer *writer, const real *sample, float *room,
                         struct error *error)
{
    size_t columns = record_shape_count(&writer->shape);
    FILE *file = writer->output.file;
    for (size_t j = 0; j < columns; j++)
        room[j] = (float)sample[j];
    if (writer->format == SAMPLES_RECORDS)
        return npy_write_floats(&writer->output, writer->shape.dimensions, writer->shape.sizes,
                                room, error);
    if (writer->format == SAMPLES_NPY)
        return output_write(&writer->output, room, columns * sizeof *room, error);
    for (size_t j = 0; j < columns; j++) {
        csv_write_float(file, room[j]);
        putc(j + 1 < columns ? ',' : '\n', file);
    }
    return true;
}

bool sample_writer_add(struct sample_writer *writer, const real *samples, size_t count,
                       struct error *error)
{
    size_t columns = record_shape_count(&writer->shape);
    float *room = memory_alloc(columns, sizeof *room);
    bool good = writer->format != SAMPLES_NPY || writer->written > 0 ||
                write_header(writer, writer->expected, error);
    for (size_t i = 0; good && i < count; i++)
        good = write_sample(writer, samples + i * columns, room, error);
    free(room);
    writer->written += good ? count : 0;
    if (good && fflush(writer->output.file) != 0)
        good = error_set_errno(error, EX_IOERR, "%s: cannot write", writer->output.name);
    return good;
}

/*
 * Puts the true count into the header of a record that ended early. Headers of up to 128 bytes,
 * which those of any samples are, all have that length.
 */
static bool correct_header(struct sample_writer *writer, struct error *error)
{
    FILE *file = writer->output.file;
    off_t end = ftello(file);
    if (writer->header_at < 0 || end < 0 || fseeko(file, writer->header_at, SEEK_SET) != 0)
        return true; /* a pipe: its reader sees that the record is not complete */
    return write_header(writer, writer->written, error) &&
           (fseeko(file, end, SEEK_SET) == 0 ||
            error_set_errno(error, EX_IOERR, "%s: cannot write", writer->output.name));
}

bool sample_writer_close(struct sample_writer *writer, struct error *error)
{
    struct error own = {0};
    bool good = true;
    if (writer->written == 0 && writer->expected > 0 && writer->output.file != stdout) {
        output_discard(&writer->output);
        return true;
    }
    if (writer->written < writer->expected && writer->format == SAMPLES_NPY && writer->written > 0)
        good = correct_header(writer, &own);
    good = good ? output_commit(&writer->output, &own) : (output_discard(&writer->output), false);
    if (!good && error->exit_code == EX_OK)
        *error = own;
    return good;
}
