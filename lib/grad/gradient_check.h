/*
 * Gradient check: compares what the tape says with central differences, in whichever precision
 * the library is compiled (use the double one).
 */
#ifndef TESSERAE_GRAD_GRADIENT_CHECK_H
#define TESSERAE_GRAD_GRADIENT_CHECK_H

#include "grad/tape.h"

/* Builds the loss on the tape from the parameters and the context; must be deterministic. */
typedef struct variable *gradient_check_loss(struct tape *tape, struct parameters *set,
                                             void *context);

/*
 * The largest relative error |analytic - numeric| / max(|analytic|, |numeric|, scale) over all
 * values of all unfrozen parameters, where scale is the largest gradient of the same parameter
 * times 1e-3 (so that rounding in tiny entries is not blown up). step is the difference taken to
 * each side, relative to max(1, |value|); 1e-5 suits double.
 */
double gradient_check(struct parameters *set, gradient_check_loss *loss, void *context,
                      double step);

/*
 * The same by differences of the fourth order, (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h, for the
 * whole losses of deep models, whose curvature leaves the plain ones no step that is good for all
 * parameters; 1e-4 suits double. What the rounding of the loss can make of a difference, ten of its
 * last places over h, does not count.
 */
double gradient_check_fine(struct parameters *set, gradient_check_loss *loss, void *context,
                           double step);

#endif
