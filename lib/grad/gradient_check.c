#include "grad/gradient_check.h"

#include <math.h>

static double value_of(struct tape *tape, struct parameters *set, gradient_check_loss *loss,
                       void *context)
{
    tape_reset(tape);
    return (double)loss(tape, set, context)->value.data[0];
}

static double largest_gradient(const struct parameter *parameter)
{
    double largest = 0;
    for (size_t i = 0, n = tensor_count(&parameter->value); i < n; i++)
        largest = fmax(largest, fabs((double)parameter->gradient[i]));
    return largest;
}

double gradient_check(struct parameters *set, gradient_check_loss *loss, void *context, double step)
{
    struct tape tape = {0};
    parameters_zero_gradient(set);
    tape_backward(&tape, loss(&tape, set, context));
    double worst = 0;
    for (size_t p = 0; p < set->count; p++) {
        struct parameter *parameter = set->list[p];
        double scale = fmax(1e-3 * largest_gradient(parameter), 1e-12);
        for (size_t i = 0, n = tensor_count(&parameter->value); i < n && !parameter->frozen; i++) {
            real *value = parameter->value.data + i;
            real kept = *value;
            real width = (real)(step * fmax(1, fabs((double)kept)));
            *value = kept + width;
            double above = value_of(&tape, set, loss, context);
            *value = kept - width;
            double below = value_of(&tape, set, loss, context);
            *value = kept;
            double numeric = (above - below) / (2 * (double)width);
            double analytic = (double)parameter->gradient[i];
            double size = fmax(scale, fmax(fabs(analytic), fabs(numeric)));
            double error = fabs(analytic - numeric) / size;
            worst = error > worst || isnan(error) ? error : worst;
        }
    }
    tape_free(&tape);
    return worst;
}
