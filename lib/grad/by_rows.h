/*
 * Functions that work on rows apart, a few rows at a time: what they make inside stays in the cache
 * and is thrown away, and made again on the way back. For a long chain of ops over many rows that
 * takes no longer than to keep everything, since memory is slower than arithmetic, and a fraction
 * of the memory (message passing over 2,000 edges: the same time, 73 MB instead of 198).
 */
#ifndef TESSERAE_GRAD_BY_ROWS_H
#define TESSERAE_GRAD_BY_ROWS_H

#include "grad/tape.h"

/*
 * y (planes, rows, columns) of x (planes, rows, any); must treat every row alike and apart, and be
 * the same when it is called again. `shared` is as given to tape_by_rows.
 */
typedef struct variable *by_rows_function(struct tape *tape, struct variable *x,
                                          struct variable *shared, const void *context);

/*
 * function(x) for x (planes, rows, ..), `at_once` rows at a time: (planes, rows, columns). shared
 * is a variable that all rows need, or NULL; parameters are the function's own. The context must
 * outlive the tape. Sums over rows are added up piece by piece.
 */
struct variable *tape_by_rows(struct tape *tape, struct variable *x, struct variable *shared,
                              size_t planes, size_t columns, size_t at_once,
                              by_rows_function *function, const void *context);

#endif
