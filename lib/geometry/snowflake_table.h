/*
 * A neural snowflake by table: f at 256 distances to an octave, for searches that ask it of every
 * pair.
 */
#ifndef TESSERAE_GEOMETRY_SNOWFLAKE_TABLE_H
#define TESSERAE_GEOMETRY_SNOWFLAKE_TABLE_H

#include "geometry/snowflake.h"

/* Initialise with {0}; free with snowflake_table_free. */
struct snowflake_table {
    size_t entries;
    real *distances; /* (entries), rising: the lower ends of bins, and the end of the last */
    real *values;    /* f there */
};

/* f at the lower ends of bins from 2^-20 to 2^20. */
void snowflake_table_make(struct snowflake_table *table, const struct snowflake *snowflake);

/* f between the ends of a bin, to about 2e-6 of itself; below the first bin a line from 0. */
double snowflake_table_value(const struct snowflake_table *table, double distance);

/* Turns squared distances (count) into lower bounds of the squares of f. */
void snowflake_table_bound(const struct snowflake_table *table, real *squares, size_t count);

void snowflake_table_free(struct snowflake_table *table);

#endif
