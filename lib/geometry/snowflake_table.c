#include "geometry/snowflake_table.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS_SHIFT = 15, OCTAVES = 40 }; /* of the bits of a float: 256 bins to an octave */
static const float first_distance = 0x1p-20f;

static uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

void snowflake_table_make(struct snowflake_table *table, const struct snowflake *snowflake)
{
    uint32_t first = bits_of(first_distance) >> STEPS_SHIFT;
    table->entries = ((size_t)OCTAVES << (23 - STEPS_SHIFT)) + 1;
    table->distances = memory_alloc(table->entries, sizeof *table->distances);
    table->values = memory_alloc(table->entries, sizeof *table->values);
    for (size_t i = 0; i < table->entries; i++) {
        uint32_t bits = (first + (uint32_t)i) << STEPS_SHIFT;
        float distance;
        memcpy(&distance, &bits, sizeof distance);
        table->distances[i] = distance;
    }
    snowflake_values(snowflake, table->distances, table->entries, table->values);
}

/* The bin of a distance; the first and the last take what lies beyond. */
static inline uint32_t bin_of(const struct snowflake_table *table, float distance)
{
    uint32_t first = bits_of(first_distance) >> STEPS_SHIFT;
    uint32_t last = (uint32_t)table->entries - 2;
    uint32_t bin = (bits_of(distance) >> STEPS_SHIFT) - first;
    bin = bin < last ? bin : last;
    return distance < first_distance ? 0 : bin;
}

double snowflake_table_value(const struct snowflake_table *table, double distance)
{
    uint32_t bin = bin_of(table, (float)distance);
    double low = (double)table->distances[bin], high = (double)table->distances[bin + 1];
    double share = (distance - low) / (high - low);
    if (distance < low) /* nearer than the first bin: a straight line from 0 */
        return (double)table->values[bin] * distance / low;
    return (double)table->values[bin] * (1 - share) + (double)table->values[bin + 1] * share;
}

void snowflake_table_bound(const struct snowflake_table *table, real *squares, size_t count)
{
    const real less = 1 - 32 * REAL_EPSILON; /* the values are rounded */
    for (size_t j = 0; j < count; j++) {
        float distance = (float)sqrt((double)squares[j]);
        real value = table->values[bin_of(table, distance)] * less;
        squares[j] = distance < first_distance ? 0 : value * value;
    }
}

void snowflake_table_free(struct snowflake_table *table)
{
    free(table->distances);
    free(table->values);
    *table = (struct snowflake_table){0};
}
