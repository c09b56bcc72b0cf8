#include "geometry/clifford_sums.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static int compare_terms(const void *left, const void *right)
{
    const struct clifford_term *a = left, *b = right;
    if (a->coefficient != b->coefficient)
        return a->coefficient < b->coefficient ? -1 : 1;
    if (a->output != b->output)
        return a->output < b->output ? -1 : 1;
    return (a->a > b->a) - (a->a < b->a);
}

/* A group of sorted terms, before groups are gathered into runs. */
struct group {
    uint16_t coefficient, output, terms;
    uint32_t first_term;
};

static int compare_groups(const void *left, const void *right)
{
    const struct group *a = left, *b = right;
    if (a->terms != b->terms)
        return a->terms < b->terms ? -1 : 1;
    if (a->coefficient != b->coefficient)
        return a->coefficient < b->coefficient ? -1 : 1;
    return (a->output > b->output) - (a->output < b->output);
}

static size_t find_groups(const struct clifford_term *terms, size_t count, struct group *groups)
{
    size_t found = 0;
    for (size_t t = 0; t < count; t++) {
        const struct clifford_term *term = &terms[t];
        if (t == 0 || terms[t - 1].output != term->output ||
            terms[t - 1].coefficient != term->coefficient)
            groups[found++] = (struct group){.coefficient = term->coefficient,
                                             .output = term->output,
                                             .first_term = (uint32_t)t};
        groups[found - 1].terms++;
    }
    return found;
}

/* Puts a group behind the others, into the last run if it fits there. */
static void append_group(struct clifford_sums *sums, const struct group *group,
                         const struct clifford_term *terms)
{
    struct clifford_run *last = sums->runs ? &sums->run[sums->runs - 1] : NULL;
    if (!last || last->coefficient != group->coefficient || last->terms != group->terms) {
        last = &sums->run[sums->runs++];
        *last = (struct clifford_run){.coefficient = group->coefficient,
                                      .terms = group->terms,
                                      .first_output = (uint32_t)sums->groups,
                                      .first_term = (uint32_t)sums->terms};
    }
    last->outputs++;
    sums->output[sums->groups++] = group->output;
    for (size_t t = 0; t < group->terms; t++) {
        const struct clifford_term *term = &terms[group->first_term + t];
        uint16_t *pair = &sums->factors[2 * sums->terms++];
        pair[0] = (uint16_t)(term->a + (term->negative ? sums->a_count : 0));
        pair[1] = term->b;
    }
}

void clifford_sums_make(struct clifford_sums *sums, struct clifford_term *terms, size_t count,
                        size_t outputs, size_t a_count, size_t b_count)
{
    struct group *groups = memory_alloc(count + 1, sizeof *groups);
    qsort(terms, count, sizeof *terms, compare_terms);
    size_t found = find_groups(terms, count, groups);
    qsort(groups, found, sizeof *groups, compare_groups);
    *sums = (struct clifford_sums){.outputs = outputs,
                                   .a_count = a_count,
                                   .b_count = b_count,
                                   .run = memory_alloc(found + 1, sizeof *sums->run),
                                   .output = memory_alloc(found + 1, sizeof *sums->output),
                                   .factors = memory_alloc(2 * count + 1, sizeof *sums->factors)};
    for (size_t g = 0; g < found; g++)
        append_group(sums, &groups[g], terms);
    free(groups);
}

void clifford_sums_free(struct clifford_sums *sums)
{
    free(sums->run);
    free(sums->output);
    free(sums->factors);
    *sums = (struct clifford_sums){0};
}

/* What a list works on; probe and slopes are NULL when no slopes are wanted. */
struct operands {
    const struct lane_block *coefficients, *signed_a, *b, *probe;
    struct lane_block *y, *slopes;
};

/* One run; inlined for few terms, a constant then, so that their loop is unrolled. */
static inline __attribute__((always_inline)) void
do_run(const struct clifford_sums *sums, const struct clifford_run *run, size_t terms, bool probed,
       const struct operands *operands)
{
    const uint16_t *output = sums->output + run->first_output;
    const uint16_t *factors = sums->factors + 2 * run->first_term;
    const struct lane_block *signed_a = operands->signed_a, *b = operands->b;
    lane_vector coefficient[BLOCK_VECTORS], slope[BLOCK_VECTORS];
    for (size_t v = 0; v < BLOCK_VECTORS; v++) {
        coefficient[v] = operands->coefficients[run->coefficient].part[v];
        slope[v] = probed ? operands->slopes[run->coefficient].part[v] : (lane_vector){0};
    }
    for (size_t o = 0; o < run->outputs; o++, factors += 2 * terms) {
        lane_vector sum[BLOCK_VECTORS];
        for (size_t v = 0; v < BLOCK_VECTORS; v++)
            sum[v] = signed_a[factors[0]].part[v] * b[factors[1]].part[v];
        for (size_t t = 1; t < terms; t++)
            for (size_t v = 0; v < BLOCK_VECTORS; v++)
                sum[v] += signed_a[factors[2 * t]].part[v] * b[factors[2 * t + 1]].part[v];
        struct lane_block *y = &operands->y[output[o]];
        for (size_t v = 0; v < BLOCK_VECTORS; v++) {
            y->part[v] += coefficient[v] * sum[v];
            if (probed)
                slope[v] += operands->probe[output[o]].part[v] * sum[v];
        }
    }
    for (size_t v = 0; probed && v < BLOCK_VECTORS; v++)
        operands->slopes[run->coefficient].part[v] = slope[v];
}

static inline __attribute__((always_inline)) void
do_runs(const struct clifford_sums *sums, bool probed, const struct operands *operands)
{
    memset(operands->y, 0, sums->outputs * sizeof *operands->y);
    for (size_t r = 0; r < sums->runs; r++) {
        const struct clifford_run *run = &sums->run[r];
        switch (run->terms) {
        case 1: do_run(sums, run, 1, probed, operands); break;
        case 2: do_run(sums, run, 2, probed, operands); break;
        case 3: do_run(sums, run, 3, probed, operands); break;
        case 4: do_run(sums, run, 4, probed, operands); break;
        default: do_run(sums, run, run->terms, probed, operands);
        }
    }
}

void clifford_sums_run(const struct clifford_sums *sums, const struct lane_block *coefficients,
                       const struct lane_block *a, const struct lane_block *b,
                       const struct lane_block *probe, struct lane_block *y,
                       struct lane_block *slopes)
{
    struct lane_block signed_a[2 * CLIFFORD_SUMS_MOST];
    const struct operands operands = {.coefficients = coefficients,
                                      .signed_a = signed_a,
                                      .b = b,
                                      .probe = probe,
                                      .y = y,
                                      .slopes = slopes};
    for (size_t i = 0; i < sums->a_count; i++) {
        for (size_t v = 0; v < BLOCK_VECTORS; v++) {
            signed_a[i].part[v] = a[i].part[v];
            signed_a[sums->a_count + i].part[v] = -a[i].part[v];
        }
    }
    if (probe)
        do_runs(sums, true, &operands);
    else
        do_runs(sums, false, &operands);
}
