/*
 * Data sets of the score programs: records of numbers, of one shape, from a file of any kind.
 *
 * One rule of scale holds for all programs: numbers of type uint8 are pixels, and 0 .. 255 become
 * -1 .. 1; all other numbers are taken as they are. What is drawn is written in the scale of the
 * model, as floats, so that data, samples and references can be compared without being told.
 */
#ifndef TESSERAE_DIFFUSION_DATA_SET_H
#define TESSERAE_DIFFUSION_DATA_SET_H

#include "io/array.h"
#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The shape of one record: () for a number of its own, (28, 28) for an image. */
struct record_shape {
    int dimensions;
    size_t sizes[ARRAY_MOST_DIMENSIONS];
};

struct data_set {
    size_t rows;               /* at least 1 */
    size_t columns;            /* at least 1: the numbers of a record */
    real *values;              /* (rows, columns) */
    struct record_shape shape;
    char **names;              /* (columns): of a table with a header; else NULL */
    bool is_table;             /* whether it came as one: samples then go out as CSV */
    uint32_t *labels;          /* (rows): classes; NULL without any */
    size_t classes;
    char **class_names;        /* (classes), ascending: numbers by value, text by its bytes */
};

struct data_set_options {
    const char *label_column;  /* of a table: its column of labels, which is no datum; or NULL */
    bool allow_missing;        /* NaN may stand for what is not known */
};

/* "28x28", "3x32x32"; false on anything else, on zeros, and where the product overflows. */
bool record_shape_parse(const char *text, struct record_shape *shape);
size_t record_shape_count(const struct record_shape *shape);

/*
 * Reads the one record of a file (NPY, IDX, CSV, PNG, ...; "-": standard input): its first
 * dimension counts rows. Without rows or columns, with columns of text (but for the labels) and
 * with numbers that are not finite as floats it is EX_DATAERR. Free with data_set_free.
 */
bool data_set_read(const char *path, const struct data_set_options *options,
                   struct data_set *data, struct error *error);

/*
 * Reads the labels of the rows from a file of as many: a vector of numbers, or a table of one
 * column.
 */
bool data_set_read_labels(struct data_set *data, const char *path, struct error *error);

/* The class of a name; UINT32_MAX where there is none. */
uint32_t data_set_class(const struct data_set *data, const char *name);

/* Fails with EX_DATAERR unless the other set's records have as many numbers. */
bool data_set_check_columns(const struct data_set *data, size_t columns, const char *path,
                            struct error *error);

/*
 * The deviation of all numbers from the means of their columns, together: the scale of the data.
 * means (columns) may be NULL.
 */
double data_set_scale(const struct data_set *data, real *means);

void data_set_free(struct data_set *data);

#endif
