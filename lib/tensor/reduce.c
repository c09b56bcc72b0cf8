#include "tensor/reduce.h"

#include <string.h>

const real *piece_of_array(const void *context, size_t first, size_t count, real *room)
{
    (void)count;
    (void)room;
    return (const real *)context + first;
}

/* Four sums at once, since one would wait for every addition before the next. */
static real sum_of(const real *x, size_t n)
{
    size_t quarter = n / 4;
    real a = 0, b = 0, c = 0, d = 0;
#pragma omp simd reduction(+ : a, b, c, d)
    for (size_t i = 0; i < quarter; i++) {
        a += x[i];
        b += x[quarter + i];
        c += x[2 * quarter + i];
        d += x[3 * quarter + i];
    }
    for (size_t i = 4 * quarter; i < n; i++)
        a += x[i];
    return (a + b) + (c + d);
}

static void add_to(real *restrict sums, const real *restrict x, size_t n)
{
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        sums[j] += x[j];
}

/* The same for four rows of x at once, which spares three rounds of the sums. */
static void add_four_to(real *restrict sums, const real *restrict x, size_t n)
{
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        sums[j] += (x[j] + x[n + j]) + (x[2 * n + j] + x[3 * n + j]);
}

/* Where chunk number `chunk` of `chunks` begins in `size`. */
static size_t chunk_start(size_t size, size_t chunk, size_t chunks)
{
    return size / chunks * chunk + size % chunks * chunk / chunks;
}

enum { MOST_CHUNKS = 64 };

/* As many whole rows as fit a piece, at least one. */
static size_t rows_of_piece(size_t columns)
{
    return columns == 0 || columns > PIECE_ELEMENTS ? 1 : PIECE_ELEMENTS / columns;
}

double reduce_sum(size_t n, size_t work, piece_source *source, const void *context)
{
    double sums[MOST_CHUNKS] = {0};
    size_t step = rows_of_piece(work), pieces = (n + step - 1) / step;
#pragma omp parallel for schedule(static) if (n * work > PARALLEL_ELEMENTS)
    for (size_t chunk = 0; chunk < MOST_CHUNKS; chunk++) {
        real room[PIECE_ELEMENTS];
        size_t end = chunk_start(pieces, chunk + 1, MOST_CHUNKS);
        for (size_t piece = chunk_start(pieces, chunk, MOST_CHUNKS); piece < end; piece++) {
            size_t first = piece * step, count = n - first < step ? n - first : step;
            sums[chunk] += (double)sum_of(source(context, first, count, room), count);
        }
    }
    double sum = 0;
    for (size_t chunk = 0; chunk < MOST_CHUNKS; chunk++)
        sum += sums[chunk];
    return sum;
}

/* The sum of one row that is longer than a piece. */
static real long_row_sum(size_t first, size_t columns, piece_source *source, const void *context,
                         real *room)
{
    double sum = 0;
    for (size_t j = 0; j < columns; j += PIECE_ELEMENTS) {
        size_t count = piece_length(j, columns);
        sum += (double)sum_of(source(context, first + j, count, room), count);
    }
    return (real)sum;
}

/* Short rows: many at a time, column by column, so that the loop runs along the rows. */
static void sum_short_rows(const real *restrict x, size_t rows, size_t columns, bool add,
                           real *restrict sums)
{
    size_t j = 0;
    if (!add && columns > 0) {
#pragma omp simd
        for (size_t i = 0; i < rows; i++)
            sums[i] = x[i * columns];
        j = 1;
    }
    for (; j < columns; j++) {
#pragma omp simd
        for (size_t i = 0; i < rows; i++)
            sums[i] += x[i * columns + j];
    }
}

void reduce_rows(size_t rows, size_t columns, piece_source *source, const void *context, bool add,
                 real *sums)
{
    enum { SHORT = 16 };
    size_t step = rows_of_piece(columns);
    if (columns == 0 && !add)
        memset(sums, 0, rows * sizeof *sums);
#pragma omp parallel for schedule(static) if (rows * columns > PARALLEL_ELEMENTS)
    for (size_t row = 0; row < rows; row += step) {
        real room[PIECE_ELEMENTS];
        size_t count = rows - row < step ? rows - row : step;
        const real *x = columns <= PIECE_ELEMENTS
                            ? source(context, row * columns, count * columns, room)
                            : NULL;
        if (columns <= SHORT) {
            sum_short_rows(x, count, columns, add, sums + row);
            continue;
        }
        for (size_t i = 0; i < count; i++) {
            real sum = x ? sum_of(x + i * columns, columns)
                         : long_row_sum((row + i) * columns, columns, source, context, room);
            sums[row + i] = add ? sums[row + i] + sum : sum;
        }
    }
}

/*
 * Rows that are shorter than WIDE are added several at a time, as if they were one of that length;
 * the parts of the long one are added up in the end.
 */
enum { WIDE = 256 };

static void add_narrow_rows(size_t first_row, size_t end_row, size_t columns, piece_source *source,
                            const void *context, real *sums)
{
    real room[PIECE_ELEMENTS], wide[WIDE] = {0};
    size_t width = WIDE / columns * columns;
    size_t step = PIECE_ELEMENTS / width * width, end = end_row * columns;
    for (size_t first = first_row * columns; first < end; first += step) {
        size_t count = end - first < step ? end - first : step;
        const real *x = source(context, first, count, room);
        size_t at = 0;
        for (; at + 4 * width <= count; at += 4 * width)
            add_four_to(wide, x + at, width);
        for (; at + width <= count; at += width)
            add_to(wide, x + at, width);
        add_to(wide, x + at, count - at);
    }
    for (size_t j = 0; j < width; j++)
        sums[j % columns] += wide[j];
}

static void add_wide_rows(size_t first_row, size_t end_row, size_t columns, piece_source *source,
                          const void *context, real *sums)
{
    real room[PIECE_ELEMENTS];
    for (size_t row = first_row; row < end_row; row++) {
        for (size_t j = 0; j < columns; j += PIECE_ELEMENTS) {
            size_t count = piece_length(j, columns);
            add_to(sums + j, source(context, row * columns + j, count, room), count);
        }
    }
}

void reduce_columns(size_t rows, size_t columns, piece_source *source, const void *context,
                    bool add, real *sums, struct arena *arena)
{
    enum { FEWEST_ROWS = 16 };
    size_t chunks = rows * columns / 16384;
    chunks = chunks < MOST_CHUNKS ? chunks : MOST_CHUNKS;
    chunks = chunks < rows / FEWEST_ROWS ? chunks : rows / FEWEST_ROWS;
    chunks = chunks ? chunks : 1;
    real *parts = arena_zeroed(arena, chunks * columns, sizeof *parts);
#pragma omp parallel for schedule(static) if (rows * columns > PARALLEL_ELEMENTS)
    for (size_t chunk = 0; chunk < chunks; chunk++) {
        size_t first = chunk_start(rows, chunk, chunks), end = chunk_start(rows, chunk + 1, chunks);
        if (columns > 0 && columns <= WIDE)
            add_narrow_rows(first, end, columns, source, context, parts + chunk * columns);
        else
            add_wide_rows(first, end, columns, source, context, parts + chunk * columns);
    }
    if (!add)
        memset(sums, 0, columns * sizeof *sums);
    for (size_t chunk = 0; chunk < chunks; chunk++)
        add_to(sums, parts + chunk * columns, columns);
}
