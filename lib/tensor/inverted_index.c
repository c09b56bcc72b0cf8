#include "tensor/inverted_index.h"

#include "base/memory.h"
#include "tensor/kmeans.h"
#include "tensor/nearest.h"

#include <stdlib.h>
#include <string.h>

size_t inverted_index_lists(size_t count)
{
    size_t lists = (size_t)sqrt((double)count);
    return lists > 0 ? lists : 1;
}

/* Centres learned from some of the points, drawn at random. */
static size_t learn_centres(const real *points, size_t count, size_t columns, size_t lists,
                            struct rng *rng, real *centres)
{
    enum { LEARN_FROM = 64, ITERATIONS = 10 };
    size_t learned = count < lists * LEARN_FROM ? count : lists * LEARN_FROM;
    real *sample = memory_alloc(learned * columns, sizeof *sample);
    for (size_t i = 0, taken = 0; taken < learned; i++)
        if (rng_below(rng, count - i) < learned - taken)
            memcpy(sample + taken++ * columns, points + i * columns, columns * sizeof *sample);
    const struct kmeans_rows rows = {.values = sample, .count = learned, .columns = columns};
    struct kmeans_options options = kmeans_defaults(lists);
    options.iterations = ITERATIONS;
    options.start_rows = 8 * lists;
    options.trials = 1;
    struct kmeans_result result = kmeans_fit(&rows, &options, rng, centres, NULL);
    free(sample);
    return result.centres;
}

struct inverted_index inverted_index_make(const real *points, const real *half_norms, size_t count,
                                          size_t columns, size_t lists, struct rng *rng)
{
    struct inverted_index index = {.points = points, .half_norms = half_norms, .count = count,
                                   .columns = columns};
    index.centres = memory_alloc(lists * columns, sizeof *index.centres);
    index.lists = learn_centres(points, count, columns, lists, rng, index.centres);
    index.centre_half_norms = memory_zeroed(index.lists, sizeof *index.centre_half_norms);
    index.starts = memory_zeroed(index.lists + 2, sizeof *index.starts);
    index.rows = memory_alloc(count, sizeof *index.rows);
    for (size_t i = 0; i < index.lists * columns; i++)
        index.centre_half_norms[i / columns] += index.centres[i] * index.centres[i] / 2;
    uint32_t *nearest = memory_alloc(count, sizeof *nearest);
    const struct kmeans_rows rows = {.values = points, .count = count, .columns = columns};
    kmeans_assign(&rows, index.centres, index.lists, nearest, NULL);
    size_t *ends = index.starts + 1; /* where the next point of a list goes */
    for (size_t i = 0; i < count; i++)
        index.starts[nearest[i] + 2]++;
    for (size_t list = 2; list <= index.lists; list++)
        index.starts[list] += index.starts[list - 1];
    for (size_t i = 0; i < count; i++)
        index.rows[ends[nearest[i]]++] = (uint32_t)i;
    free(nearest);
    return index;
}

static real negative_level(const real *restrict query, const real *restrict x, real half_norm,
                           real weight, size_t n)
{
    real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += query[i] * x[i];
    return weight * half_norm - sum;
}

/* The `count` lists of least keys, least first, in order. */
static void sort_lists(const struct inverted_index *index, const real *keys, size_t count,
                       real *room, uint32_t *order)
{
    struct nearest lists = {.k = count, .distances = room, .indices = order};
    for (size_t list = 0; list < index->lists; list++)
        nearest_offer(&lists, keys[list], (uint32_t)list);
    nearest_sort(&lists);
}

static void scan_list(const struct inverted_index *index, const real *query, real weight,
                      size_t list, struct nearest *found)
{
    for (size_t i = index->starts[list]; i < index->starts[list + 1]; i++) {
        uint32_t row = index->rows[i];
        nearest_offer(found,
                      negative_level(query, index->points + row * index->columns,
                                     index->half_norms[row], weight, index->columns), row);
    }
}

void inverted_index_search(const struct inverted_index *index, const real *query, real weight,
                           size_t k, size_t probes, real *room, uint32_t *order,
                           uint32_t *indices, real *negatives)
{
    struct nearest found = {.k = k, .distances = negatives, .indices = indices};
    size_t wanted = probes < index->lists ? probes : index->lists, columns = index->columns;
    real *keys = room;
    for (size_t list = 0; list < index->lists; list++)
        keys[list] = negative_level(query, index->centres + list * columns,
                                    index->centre_half_norms[list], weight, columns);
    sort_lists(index, keys, wanted, room + index->lists, order);
    for (size_t i = 0; i < wanted; i++)
        scan_list(index, query, weight, order[i], &found);
    if (found.count < k) {
        sort_lists(index, keys, index->lists, room + index->lists, order);
        for (size_t i = wanted; found.count < k; i++)
            scan_list(index, query, weight, order[i], &found);
    }
    nearest_sort(&found);
}

void inverted_index_free(struct inverted_index *index)
{
    free(index->centres);
    free(index->centre_half_norms);
    free(index->starts);
    free(index->rows);
    *index = (struct inverted_index){0};
}
