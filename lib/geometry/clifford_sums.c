#include "geometry/clifford_sums.h"

#include "base/memory.h"

#include <stdlib.h>

static int compare_terms(const void *left, const void *right)
{
    const struct clifford_term *a = left, *b = right;
    if (a->output != b->output)
        return a->output < b->output ? -1 : 1;
    if (a->coefficient != b->coefficient)
        return a->coefficient < b->coefficient ? -1 : 1;
    return (a->a > b->a) - (a->a < b->a);
}

void clifford_sums_make(struct clifford_sums *sums, struct clifford_term *terms, size_t count,
                        size_t outputs, size_t a_count, size_t b_count)
{
    qsort(terms, count, sizeof *terms, compare_terms);
    *sums = (struct clifford_sums){
        .outputs = outputs,
        .a_count = a_count,
        .b_count = b_count,
        .terms = count,
        .output_groups = memory_zeroed(outputs + 1, sizeof *sums->output_groups),
        .group_terms = memory_zeroed(count + 1, sizeof *sums->group_terms),
        .coefficients = memory_zeroed(count + 1, sizeof *sums->coefficients),
        .factors = memory_zeroed(2 * count + 1, sizeof *sums->factors)};
    for (size_t t = 0; t < count; t++) {
        const struct clifford_term *term = &terms[t];
        if (t == 0 || terms[t - 1].output != term->output ||
            terms[t - 1].coefficient != term->coefficient) {
            sums->coefficients[sums->groups++] = term->coefficient;
            sums->output_groups[term->output + 1]++;
        }
        sums->group_terms[sums->groups] = (uint32_t)t + 1;
        sums->factors[2 * t] = (uint16_t)(term->a + (term->negative ? a_count : 0));
        sums->factors[2 * t + 1] = term->b;
    }
    for (size_t o = 0; o < outputs; o++)
        sums->output_groups[o + 1] += sums->output_groups[o];
}

void clifford_sums_free(struct clifford_sums *sums)
{
    free(sums->output_groups);
    free(sums->group_terms);
    free(sums->coefficients);
    free(sums->factors);
    *sums = (struct clifford_sums){0};
}

/* sum: of a group's terms, +- a b of each. */
static inline __attribute__((always_inline)) void
sum_group(const struct clifford_sums *sums, size_t group, const struct lane_block *signed_a,
          const struct lane_block *b, lane_vector sum[BLOCK_VECTORS])
{
    for (size_t v = 0; v < BLOCK_VECTORS; v++)
        sum[v] = (lane_vector){0};
    for (uint32_t t = sums->group_terms[group]; t < sums->group_terms[group + 1]; t++) {
        const struct lane_block *left = &signed_a[sums->factors[2 * t]];
        const struct lane_block *right = &b[sums->factors[2 * t + 1]];
        for (size_t v = 0; v < BLOCK_VECTORS; v++)
            sum[v] += left->part[v] * right->part[v];
    }
}

void clifford_sums_run(const struct clifford_sums *sums, const struct lane_block *coefficients,
                       const struct lane_block *signed_a, const struct lane_block *b,
                       struct lane_block *y)
{
    for (size_t o = 0; o < sums->outputs; o++) {
        lane_vector result[BLOCK_VECTORS] = {{0}}, sum[BLOCK_VECTORS];
        for (uint32_t g = sums->output_groups[o]; g < sums->output_groups[o + 1]; g++) {
            sum_group(sums, g, signed_a, b, sum);
            const struct lane_block *coefficient = &coefficients[sums->coefficients[g]];
            for (size_t v = 0; v < BLOCK_VECTORS; v++)
                result[v] += coefficient->part[v] * sum[v];
        }
        for (size_t v = 0; v < BLOCK_VECTORS; v++)
            y[o].part[v] = result[v];
    }
}

void clifford_sums_run_probed(const struct clifford_sums *sums,
                              const struct lane_block *coefficients,
                              const struct lane_block *signed_a, const struct lane_block *b,
                              const struct lane_block *probe, struct lane_block *y,
                              struct lane_block *slopes)
{
    for (size_t o = 0; o < sums->outputs; o++) {
        lane_vector result[BLOCK_VECTORS] = {{0}}, sum[BLOCK_VECTORS];
        for (uint32_t g = sums->output_groups[o]; g < sums->output_groups[o + 1]; g++) {
            sum_group(sums, g, signed_a, b, sum);
            const struct lane_block *coefficient = &coefficients[sums->coefficients[g]];
            struct lane_block *slope = &slopes[sums->coefficients[g]];
            for (size_t v = 0; v < BLOCK_VECTORS; v++) {
                result[v] += coefficient->part[v] * sum[v];
                slope->part[v] += probe[o].part[v] * sum[v];
            }
        }
        for (size_t v = 0; v < BLOCK_VECTORS; v++)
            y[o].part[v] = result[v];
    }
}
