/*
 * Register tiles: the innermost loops of matrix products that are not plain enough for CBLAS. A
 * tile of TILE rows by one or two vectors of columns stays in registers while the inner dimension
 * passes by; on every step each row gives one number, and the columns one or two vectors.
 *
 * Vectors are those of the compiler, as wide as the machine's registers; TILE is as many rows as
 * leave room for the columns.
 */
#ifndef TESSERAE_TENSOR_REGISTER_TILE_H
#define TESSERAE_TENSOR_REGISTER_TILE_H

#include "tensor/real.h"

#include <stddef.h>

#if defined __AVX512F__
enum { VECTOR_BYTES = 64, TILE = 12 };
#elif defined __AVX__
enum { VECTOR_BYTES = 32, TILE = 6 };
#else
enum { VECTOR_BYTES = 16, TILE = 6 };
#endif

enum { LANES = VECTOR_BYTES / sizeof(real), TILE_COLUMNS = 2 * LANES };

typedef real tile_vector
    __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(real)), may_alias));

/*
 * tile[r][:] = sum over u < lines, k < run of rows[r][u jump + k] columns[u run + k][:], where
 * columns is (lines run, TILE_COLUMNS). With vectors = 1, a constant at the call, only the first
 * LANES columns are computed.
 */
static inline __attribute__((always_inline)) void
tile_of_rows(const real *const rows[TILE], size_t jump, size_t lines, size_t run,
             const real *restrict columns, int vectors, real tile[TILE][TILE_COLUMNS])
{
    tile_vector sums[TILE][2];
#pragma GCC unroll 16
    for (int r = 0; r < TILE; r++)
        sums[r][0] = sums[r][1] = (tile_vector){0};
    for (size_t u = 0; u < lines; u++) {
        const real *at[TILE];
#pragma GCC unroll 16
        for (int r = 0; r < TILE; r++)
            at[r] = rows[r] + u * jump;
        for (size_t k = 0; k < run; k++, columns += TILE_COLUMNS) {
            tile_vector first = *(const tile_vector *)columns, second = first;
            if (vectors > 1)
                second = *(const tile_vector *)(columns + LANES);
#pragma GCC unroll 16
            for (int r = 0; r < TILE; r++) {
                sums[r][0] += at[r][k] * first;
                if (vectors > 1)
                    sums[r][1] += at[r][k] * second;
            }
        }
    }
#pragma GCC unroll 16
    for (int r = 0; r < TILE; r++) {
        *(tile_vector *)tile[r] = sums[r][0];
        *(tile_vector *)(tile[r] + LANES) = sums[r][1];
    }
}

/*
 * tile[r][:] += sum over i < count of row[i step + r] columns[i][:]: the rows of the tile are TILE
 * numbers that lie together, and all of them are read. vectors as above.
 */
static inline __attribute__((always_inline)) void
tile_add_columns(const real *row, size_t step, size_t count, const real *restrict columns,
                 int vectors, real tile[TILE][TILE_COLUMNS])
{
    tile_vector sums[TILE][2];
#pragma GCC unroll 16
    for (int r = 0; r < TILE; r++) {
        sums[r][0] = *(const tile_vector *)tile[r];
        sums[r][1] = *(const tile_vector *)(tile[r] + LANES);
    }
    for (size_t i = 0; i < count; i++, row += step, columns += TILE_COLUMNS) {
        tile_vector first = *(const tile_vector *)columns, second = first;
        if (vectors > 1)
            second = *(const tile_vector *)(columns + LANES);
#pragma GCC unroll 16
        for (int r = 0; r < TILE; r++) {
            sums[r][0] += row[r] * first;
            if (vectors > 1)
                sums[r][1] += row[r] * second;
        }
    }
#pragma GCC unroll 16
    for (int r = 0; r < TILE; r++) {
        *(tile_vector *)tile[r] = sums[r][0];
        *(tile_vector *)(tile[r] + LANES) = sums[r][1];
    }
}

#endif
