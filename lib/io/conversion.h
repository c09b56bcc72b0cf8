/*
 * Conversions of records: which columns and rows, which shape, which element type. All-zero means
 * that nothing is to be done.
 */
#ifndef TESSERAE_IO_CONVERSION_H
#define TESSERAE_IO_CONVERSION_H

#include "io/records.h"

struct conversion {
    const char *columns;     /* "name,2,4-6": names, or numbers from 1; NULL: all */
    const char *rows;        /* "A:B" as numpy slices: from A (counted from 0) to before B */
    bool transpose;          /* reverse the order of the dimensions */
    const char *reshape;     /* "100x28x28"; one size may be -1 */
    bool scale;              /* bring low .. high to 0 .. 255, as uint8 */
    bool scale_to_range;     /* low and high are those of the values */
    double low;
    double high;
    bool change_dtype;
    enum dtype dtype;
};

/* Whether "A:B" is well formed; A and B may be left out, or count from the end by a minus. */
bool conversion_check_rows(const char *rows);

/* Whether a shape for `reshape` is well formed. */
bool conversion_check_shape(const char *shape);

/* Whether a table must become an array for the conversion. */
bool conversion_needs_array(const struct conversion *conversion);

/*
 * Applies it: columns, rows, then (arrays only) transposition, shape, scale, dtype. A table becomes
 * an array when `as_array` says so or conversion_needs_array does; then columns of text are
 * EX_DATAERR. *names gets the header of a table that became an array of as many columns, or NULL:
 * NULL-terminated, free() it and its strings. `name` is put in front of messages.
 */
bool conversion_apply(const struct conversion *conversion, struct record *record, bool as_array,
                      const char *name, char ***names, struct error *error);

#endif
