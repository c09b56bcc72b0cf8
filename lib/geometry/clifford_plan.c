#include "geometry/clifford_plan.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* The terms of the multiplication table, with what the lists need of each. */
struct table_entry {
    uint8_t x, z, y;     /* places of the blades */
    uint8_t path, common; /* common: the place of S, or 0 where lambda is in the sign */
    bool negative;
};

static void number_paths(struct clifford_plan *plan)
{
    size_t n = plan->algebra.dimension;
    for (size_t j = 0; j <= n; j++) {
        plan->first_path[j] = plan->paths;
        for (size_t i = 0; i <= n; i++) {
            for (size_t k = 0; k <= n; k++) {
                if (i + k < j || i + j < k || k + j < i || (i + j + k) % 2 || i + j + k > 2 * n)
                    continue;
                plan->path[plan->paths++] = (struct clifford_path){
                    .left = (uint8_t)i, .right = (uint8_t)k, .output = (uint8_t)j};
            }
        }
    }
    plan->first_path[n + 1] = plan->paths;
}

static uint8_t path_of(const struct clifford_plan *plan, size_t x, size_t z, size_t y)
{
    const uint8_t *grade = plan->algebra.grade;
    size_t p = plan->first_path[grade[y]];
    while (plan->path[p].left != grade[x] || plan->path[p].right != grade[z])
        p++;
    return (uint8_t)p;
}

static bool is_straight(const struct clifford_plan *plan)
{
    return plan->algebra.dimension <= CLIFFORD_STRAIGHT_DIMENSIONS;
}

/* Whether a fixed lambda goes into the signs. */
static bool is_signs(const real *fixed, size_t n)
{
    for (size_t i = 0; fixed && i < n; i++)
        if (fixed[i] != 1 && fixed[i] != -1 && fixed[i] != 0)
            return false;
    return fixed != NULL;
}

static size_t fill_table(const struct clifford_plan *plan, const real *fixed,
                         struct table_entry *table)
{
    const struct clifford *algebra = &plan->algebra;
    bool folded = is_signs(fixed, algebra->dimension);
    real squares[CLIFFORD_MOST_BLADES];
    size_t count = 0;
    if (folded)
        clifford_squares(algebra, fixed, squares);
    for (size_t x = 0; x < algebra->blades; x++) {
        for (size_t z = 0; z < algebra->blades; z++) {
            unsigned a = algebra->bitmap[x], b = algebra->bitmap[z];
            size_t common = algebra->place[a & b], y = algebra->place[a ^ b];
            if (folded && squares[common] == 0)
                continue;
            table[count++] = (struct table_entry){
                .x = (uint8_t)x,
                .z = (uint8_t)z,
                .y = (uint8_t)y,
                .path = path_of(plan, x, z, y),
                .common = folded ? 0 : (uint8_t)common,
                .negative = (clifford_sign(a, b) < 0) != (folded && squares[common] < 0)};
        }
    }
    return count;
}

/* Where the coefficient of a term stands in straight code. */
static size_t straight_coefficient(const struct clifford_plan *plan,
                                   const struct table_entry *entry)
{
    const struct clifford *algebra = &plan->algebra;
    size_t common = algebra->bitmap[entry->common], shared = algebra->grade[entry->common];
    return clifford_coefficient(algebra->dimension, common, algebra->grade[entry->x] - shared,
                                algebra->grade[entry->z] - shared);
}

/*
 * Numbers the pairs of path and common blade that occur: as straight code has them, or by path and
 * blade. `numbers` (paths, blades).
 */
static void number_coefficients(struct clifford_plan *plan, const struct table_entry *table,
                                size_t count, uint16_t *numbers)
{
    size_t blades = plan->algebra.blades, pairs = plan->paths * blades;
    size_t most = blades * plan->algebra.grades * plan->algebra.grades;
    plan->coefficient_path = memory_alloc(most, sizeof *plan->coefficient_path);
    plan->coefficient_blade = memory_zeroed(most, sizeof *plan->coefficient_blade);
    memset(plan->coefficient_path, CLIFFORD_NO_PATH, most);
    for (size_t pair = 0; pair < pairs; pair++)
        numbers[pair] = UINT16_MAX;
    for (size_t t = 0; t < count; t++)
        numbers[table[t].path * blades + table[t].common] =
            (uint16_t)(is_straight(plan) ? straight_coefficient(plan, &table[t]) : 0);
    plan->coefficients = is_straight(plan) ? most : 0;
    for (size_t pair = 0; pair < pairs; pair++) {
        if (numbers[pair] == UINT16_MAX)
            continue;
        if (!is_straight(plan))
            numbers[pair] = (uint16_t)plan->coefficients++;
        plan->coefficient_path[numbers[pair]] = (uint8_t)(pair / blades);
        plan->coefficient_blade[numbers[pair]] = (uint8_t)(pair % blades);
    }
}

static void number_slots(struct clifford_plan *plan)
{
    for (size_t p = 0; p < plan->paths; p++) {
        plan->first_slot[p] = plan->slots;
        plan->slots += clifford_grade_size(&plan->algebra, plan->path[p].output);
    }
    plan->first_slot[plan->paths] = plan->slots;
}

/* The list of one direction; the blade or slot of the product is `result`. */
static struct clifford_term term_of(enum clifford_direction direction,
                                    const struct table_entry *entry, size_t result,
                                    size_t coefficient)
{
    struct clifford_term term = {.coefficient = (uint16_t)coefficient, .negative = entry->negative};
    uint16_t x = entry->x, z = entry->z, y = (uint16_t)result;
    switch (direction) {
    case CLIFFORD_FORWARD: term.output = y, term.a = x, term.b = z; break;
    case CLIFFORD_LEFT: term.output = x, term.a = z, term.b = y; break;
    case CLIFFORD_RIGHT: term.output = z, term.a = x, term.b = y; break;
    }
    return term;
}

static void make_sums(const struct clifford_plan *plan, enum clifford_direction direction,
                      bool partial, const struct table_entry *table, size_t count,
                      const uint16_t *numbers, struct clifford_sums *sums)
{
    size_t blades = plan->algebra.blades, results = partial ? plan->slots : blades;
    struct clifford_term *terms = memory_alloc(count + 1, sizeof *terms);
    for (size_t t = 0; t < count; t++) {
        const struct table_entry *entry = &table[t];
        size_t first_blade = plan->algebra.first[plan->algebra.grade[entry->y]];
        size_t slot = plan->first_slot[entry->path] + entry->y - first_blade;
        terms[t] = partial ? term_of(direction, entry, slot, entry->common)
                           : term_of(direction, entry, entry->y,
                                     numbers[entry->path * blades + entry->common]);
    }
    clifford_sums_make(sums, terms, count, direction == CLIFFORD_FORWARD ? results : blades, blades,
                       direction == CLIFFORD_FORWARD ? blades : results);
    free(terms);
}

bool clifford_plan_make(struct clifford_plan *plan, size_t dimension, const real *fixed,
                        struct error *error)
{
    *plan = (struct clifford_plan){0};
    if (!clifford_make(&plan->algebra, dimension, error))
        return false;
    size_t blades = plan->algebra.blades;
    number_paths(plan);
    number_slots(plan);
    struct table_entry *table = memory_alloc(blades * blades, sizeof *table);
    uint16_t *numbers = memory_alloc(plan->paths * blades, sizeof *numbers);
    size_t count = fill_table(plan, is_straight(plan) ? NULL : fixed, table);
    plan->terms = count;
    number_coefficients(plan, table, count, numbers);
    for (enum clifford_direction d = CLIFFORD_FORWARD; d <= CLIFFORD_RIGHT; d++) {
        if (!is_straight(plan))
            make_sums(plan, d, false, table, count, numbers, &plan->sums[d]);
        make_sums(plan, d, true, table, count, numbers, &plan->partial[d]);
    }
    free(table);
    free(numbers);
    return true;
}

void clifford_plan_free(struct clifford_plan *plan)
{
    for (enum clifford_direction d = CLIFFORD_FORWARD; d <= CLIFFORD_RIGHT; d++) {
        clifford_sums_free(&plan->sums[d]);
        clifford_sums_free(&plan->partial[d]);
    }
    free(plan->coefficient_path);
    free(plan->coefficient_blade);
    *plan = (struct clifford_plan){0};
}

void clifford_plan_multiply(const struct clifford_plan *plan, enum clifford_direction direction,
                            const struct lane_block *coefficients, const struct lane_block *a,
                            const struct lane_block *b, const struct lane_block *probe,
                            struct lane_block *result, struct lane_block *slopes)
{
    if (is_straight(plan))
        clifford_straight(&plan->algebra, direction, coefficients, a, b, probe, result, slopes);
    else
        clifford_sums_run(&plan->sums[direction], coefficients, a, b, probe, result, slopes);
}
