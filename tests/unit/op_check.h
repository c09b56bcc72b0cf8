/*
 * What every op of the tape must pass, driven by a table of cases:
 *  - its value is that of a plain computation;
 *  - its gradient agrees with central differences to 1e-6, for inputs that are parameters, that
 *    are themselves results of ops, and that other ops use too;
 *  - at a size where the work is shared, its gradient along a random direction agrees with a
 *    central difference, and one thread and two give the same bytes;
 *  - no input that is frozen gets a gradient.
 */
#ifndef TESSERAE_TESTS_OP_CHECK_H
#define TESSERAE_TESTS_OP_CHECK_H

#include "grad/ops.h"

enum { OP_MOST_INPUTS = 3 };

struct op_case {
    const char *name;
    struct variable *(*apply)(struct tape *tape, struct variable **inputs);
    /* Fills the result, of the op's shape, the plain way. */
    void (*expect)(const struct tensor *inputs, real *result);
    struct op_input {
        size_t rows, columns;
        size_t large_rows; /* rows at the size where the work is shared; 0: the same */
    } inputs[OP_MOST_INPUTS]; /* those with no rows are not there */
    real low, high;           /* the inputs' values are drawn from between them; 0, 0: -2 to 2 */
    bool threads_round;       /* the number of threads may change the last digits */
};

/* Runs all checks on one case; fails the Check test with the name of the case. */
void op_check(const struct op_case *op);

#endif
