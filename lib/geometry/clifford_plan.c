#include "geometry/clifford_plan.h"

#include "base/memory.h"

#include <stdlib.h>

/* The terms of the multiplication table, with what the six lists need of each. */
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

/* Whether a fixed lambda can go into the signs. */
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

/* Numbers the pairs of path and common blade that occur; `numbers` (paths, blades). */
static void number_coefficients(struct clifford_plan *plan, const struct table_entry *table,
                                size_t count, uint16_t *numbers)
{
    size_t blades = plan->algebra.blades, pairs = plan->paths * blades;
    plan->coefficient_path = memory_zeroed(pairs, sizeof *plan->coefficient_path);
    plan->coefficient_blade = memory_zeroed(pairs, sizeof *plan->coefficient_blade);
    for (size_t pair = 0; pair < pairs; pair++)
        numbers[pair] = UINT16_MAX;
    for (size_t t = 0; t < count; t++)
        numbers[table[t].path * blades + table[t].common] = 0;
    for (size_t pair = 0; pair < pairs; pair++) {
        if (numbers[pair] == UINT16_MAX)
            continue;
        plan->coefficient_path[plan->coefficients] = (uint8_t)(pair / blades);
        plan->coefficient_blade[plan->coefficients] = (uint8_t)(pair % blades);
        numbers[pair] = (uint16_t)plan->coefficients++;
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

enum direction { FORWARD, LEFT, RIGHT };

/* The list of one direction; the blade or slot of the product is `result`. */
static struct clifford_term term_of(enum direction direction, const struct table_entry *entry,
                                    size_t result, size_t coefficient)
{
    struct clifford_term term = {.coefficient = (uint16_t)coefficient, .negative = entry->negative};
    uint16_t x = entry->x, z = entry->z, y = (uint16_t)result;
    switch (direction) {
    case FORWARD: term.output = y, term.a = x, term.b = z; break;
    case LEFT: term.output = x, term.a = z, term.b = y; break;
    case RIGHT: term.output = z, term.a = x, term.b = y; break;
    }
    return term;
}

static void make_sums(const struct clifford_plan *plan, enum direction direction, bool partial,
                      const struct table_entry *table, size_t count, const uint16_t *numbers,
                      struct clifford_sums *sums)
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
    clifford_sums_make(sums, terms, count, direction == FORWARD ? results : blades, blades,
                       direction == FORWARD ? blades : results);
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
    size_t count = fill_table(plan, fixed, table);
    number_coefficients(plan, table, count, numbers);
    make_sums(plan, FORWARD, false, table, count, numbers, &plan->forward);
    make_sums(plan, LEFT, false, table, count, numbers, &plan->left);
    make_sums(plan, RIGHT, false, table, count, numbers, &plan->right);
    make_sums(plan, FORWARD, true, table, count, numbers, &plan->partial);
    make_sums(plan, LEFT, true, table, count, numbers, &plan->partial_left);
    make_sums(plan, RIGHT, true, table, count, numbers, &plan->partial_right);
    free(table);
    free(numbers);
    return true;
}

void clifford_plan_free(struct clifford_plan *plan)
{
    clifford_sums_free(&plan->forward);
    clifford_sums_free(&plan->left);
    clifford_sums_free(&plan->right);
    clifford_sums_free(&plan->partial);
    clifford_sums_free(&plan->partial_left);
    clifford_sums_free(&plan->partial_right);
    free(plan->coefficient_path);
    free(plan->coefficient_blade);
    *plan = (struct clifford_plan){0};
}
