/* Routers and rows that the tests of lib/pathway share. */
#ifndef TESSERAE_TESTS_PATHWAY_CASES_H
#define TESSERAE_TESTS_PATHWAY_CASES_H

#include "base/memory.h"
#include "base/rng.h"
#include "pathway/router.h"

#include <string.h>

/* A root with inputs x0, x1, ... and the target y, a number, or one of `classes` labels. */
static inline struct router case_root(size_t inputs, size_t classes)
{
    struct row_columns columns = {.inputs = inputs,
                                  .input_names = memory_alloc(inputs, sizeof(char *)),
                                  .target_name = memory_copy_string("y"),
                                  .labels = classes > 0};
    struct names names = {0};
    for (size_t j = 0; j < inputs; j++)
        columns.input_names[j] = memory_format("x%zu", j);
    for (size_t c = 0; c < classes; c++) {
        char *name = memory_format("class %zu", c);
        names_add(&names, name, strlen(name));
        free(name);
    }
    return router_make(columns, names);
}

/* Five leaves in the plane: three children of the root, the second of which has three. */
static inline struct router case_router(size_t classes)
{
    static const real top[] = {-1, 0, 1, 0, 0, 2}, below[] = {1, -0.5, 1, 0.5, 1.5, 0};
    struct router router = case_root(2, classes);
    router_split(&router, 0, 3, top);
    router_split(&router, 2, 3, below);
    router_number_leaves(&router);
    return router;
}

/* Rows (count, inputs + 1), uniform in [-2, 2]; the target a function of them, or a class. */
static inline real *case_rows(size_t count, size_t inputs, size_t classes)
{
    struct rng rng = rng_make(11, RNG_TEST, (uint32_t)inputs);
    real *rows = memory_alloc(count * (inputs + 1), sizeof *rows);
    for (size_t i = 0; i < count; i++) {
        real *row = rows + i * (inputs + 1), sum = 0;
        for (size_t j = 0; j < inputs; j++) {
            row[j] = (real)(4 * rng_uniform(&rng) - 2);
            sum += row[j] * row[j];
        }
        row[inputs] = classes ? (real)((size_t)sum % classes) : (real)sin((double)sum);
    }
    return rows;
}

#endif
