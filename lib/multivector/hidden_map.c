#include "multivector/hidden_map.h"

#include "base/rng.h"
#include "io/records.h"
#include "tensor/linalg.h"

#include <math.h>
#include <string.h>

enum { MOST = HIDDEN_MAP_MOST_DIMENSION };

/* c = op(a) b, all (n, n) */
static void multiply(const real *a, bool transposed, const real *b, size_t n, real *c)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            real sum = 0;
            for (size_t k = 0; k < n; k++)
                sum += (transposed ? a[k * n + i] : a[i * n + k]) * b[k * n + j];
            c[i * n + j] = sum;
        }
}

/* G = A^-T eta A^-1 of map->matrix = U S V^T: A^-1 = V S^-1 U^T. */
static bool settle_metric(struct hidden_map *map, const real *base, struct error *error)
{
    size_t n = map->dimension;
    real copy[MOST * MOST], u[MOST * MOST], stretches[MOST], v_transposed[MOST * MOST];
    memcpy(copy, map->matrix, n * n * sizeof *copy);
    if (!linalg_svd(copy, n, n, u, stretches, v_transposed, error))
        return false;
    if (!(stretches[n - 1] > (real)1e-4 * stretches[0]))
        return error_set(error, EX_DATAERR, "the map is singular (condition number %g); expected "
                         "one that can be undone",
                         (double)stretches[0] / (double)stretches[n - 1]);
    real inverse[MOST * MOST], scaled[MOST * MOST];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            scaled[i * n + j] = u[j * n + i] / stretches[i];
    multiply(v_transposed, true, scaled, n, inverse);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            scaled[i * n + j] = base[i] * inverse[i * n + j];
    multiply(inverse, true, scaled, n, map->metric);
    return true;
}

static bool draw_rotation(struct rng *rng, size_t n, real *rotation, struct error *error)
{
    real triangle[MOST * MOST];
    for (size_t i = 0; i < n * n; i++)
        rotation[i] = (real)rng_normal(rng);
    return linalg_qr(rotation, n, n, triangle, error);
}

bool hidden_map_draw(struct hidden_map *map, const real *base, size_t dimension, uint64_t seed,
                     struct error *error)
{
    size_t n = dimension;
    struct rng rng = rng_make(seed, RNG_HIDDEN_MAP, 0);
    real before[MOST * MOST], after[MOST * MOST];
    map->dimension = n;
    if (!draw_rotation(&rng, n, before, error) || !draw_rotation(&rng, n, after, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        real stretch = (real)exp2(2 * rng_uniform(&rng) - 1);
        for (size_t j = 0; j < n; j++)
            before[i * n + j] *= stretch;
    }
    multiply(after, false, before, n, map->matrix);
    return settle_metric(map, base, error);
}

/* One matrix of finite numbers from a file; n becomes *dimension. */
static bool read_square(const char *path, size_t *dimension, real *matrix, struct error *error)
{
    struct stream *stream = stream_open(path, error);
    struct records *records = stream ? records_open(stream, NULL, error) : NULL;
    struct record record = {0};
    bool end = false, good = records && records_next(records, &record, &end, error);
    struct array array = {0};
    if (good && !end) {
        if (record.is_table)
            good = table_to_array(&record.table, path, &array, error);
        const struct array *square = record.is_table ? &array : &record.array;
        size_t n = square->shape[0];
        if (good && (square->dimensions != 2 || n != square->shape[1] || n < 1 || n > MOST ||
                     (*dimension && n != *dimension)))
            good = error_set(error, EX_DATAERR, *dimension ? "%s: not a matrix of %zu x %zu"
                             : "%s: not a square matrix; expected 1 to 6 rows", path, *dimension,
                             *dimension);
        for (size_t i = 0; good && i < n * n; i++) {
            matrix[i] = (real)array_value(square, i);
            if (!isfinite(matrix[i]))
                good = error_set(error, EX_DATAERR, "%s: row %zu: expected finite numbers", path,
                                 i / n + 1);
        }
        *dimension = n;
    } else if (good) {
        good = error_set(error, EX_DATAERR, "%s: empty; expected a square matrix", path);
    }
    array_free(&array);
    record_free(&record);
    if (records)
        records_close(records);
    if (stream)
        stream_close(stream);
    return good;
}

bool hidden_map_read(struct hidden_map *map, const char *path, const real *base, size_t dimension,
                     struct error *error)
{
    map->dimension = dimension;
    if (!read_square(path, &dimension, map->matrix, error))
        return false;
    struct error singular = {0};
    return settle_metric(map, base, &singular) ||
           error_set(error, EX_DATAERR, "%s: %s", path, singular.message);
}

void hidden_map_apply(const struct hidden_map *map, real *values, size_t count)
{
    size_t n = map->dimension;
    for (size_t row = 0; row < count; row++) {
        real seen[MOST] = {0};
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                seen[i] += map->matrix[i * n + j] * values[row * n + j];
        memcpy(values + row * n, seen, n * sizeof *seen);
    }
}

bool metric_read(const char *path, size_t *dimension, real *metric, struct error *error)
{
    if (!read_square(path, dimension, metric, error))
        return false;
    size_t n = *dimension;
    real largest = 0;
    for (size_t i = 0; i < n * n; i++)
        largest = (real)fmax((double)largest, fabs((double)metric[i]));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (fabs((double)(metric[i * n + j] - metric[j * n + i])) > 1e-5 * (double)largest)
                return error_set(error, EX_DATAERR, "%s: not symmetric in row %zu, column %zu; a "
                                 "metric is", path, i + 1, j + 1);
    return true;
}

double metric_error(const real *metric, const real *truth, size_t dimension)
{
    double product = 0, square = 0, true_square = 0;
    for (size_t i = 0; i < dimension * dimension; i++) {
        product += (double)metric[i] * (double)truth[i];
        square += (double)metric[i] * (double)metric[i];
        true_square += (double)truth[i] * (double)truth[i];
    }
    if (square == 0 || true_square == 0)
        return 1;
    double cosine_square = product * product / (square * true_square);
    return sqrt(fmax(0, 1 - cosine_square));
}
