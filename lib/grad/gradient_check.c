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

struct check {
    struct tape tape;
    struct parameters *set;
    gradient_check_loss *loss;
    void *context;
};

/* f(x + h) - f(x - h) */
static double difference(struct check *check, real *value, real h)
{
    real kept = *value;
    *value = kept + h;
    double above = value_of(&check->tape, check->set, check->loss, check->context);
    *value = kept - h;
    double below = value_of(&check->tape, check->set, check->loss, check->context);
    *value = kept;
    return above - below;
}

static double numeric_gradient(struct check *check, real *value, double step, bool fine)
{
    real h = (real)(step * fmax(1, fabs((double)*value)));
    double plain = difference(check, value, h);
    return fine ? (8 * plain - difference(check, value, 2 * h)) / (12 * (double)h)
                : plain / (2 * (double)h);
}

static double largest_error(struct check *check, double step, bool fine)
{
    struct parameters *set = check->set;
    parameters_zero_gradient(set);
    tape_backward(&check->tape, check->loss(&check->tape, set, check->context));
    double loss = fabs(value_of(&check->tape, set, check->loss, check->context));
    double rounding = fine ? 10 * REAL_EPSILON * loss / step : 0;
    double worst = 0;
    for (size_t p = 0; p < set->count; p++) {
        struct parameter *parameter = set->list[p];
        double scale = fmax(1e-3 * largest_gradient(parameter), 1e-12);
        for (size_t i = 0, n = tensor_count(&parameter->value); i < n && !parameter->frozen; i++) {
            double numeric = numeric_gradient(check, parameter->value.data + i, step, fine);
            double analytic = (double)parameter->gradient[i];
            double size = fmax(scale, fmax(fabs(analytic), fabs(numeric)));
            double apart = fabs(analytic - numeric);
            double error = apart <= rounding ? 0 : (apart - rounding) / size;
            worst = error > worst || isnan(error) ? error : worst;
        }
    }
    tape_free(&check->tape);
    return worst;
}

double gradient_check(struct parameters *set, gradient_check_loss *loss, void *context, double step)
{
    struct check check = {.set = set, .loss = loss, .context = context};
    return largest_error(&check, step, false);
}

double gradient_check_fine(struct parameters *set, gradient_check_loss *loss, void *context,
                           double step)
{
    struct check check = {.set = set, .loss = loss, .context = context};
    return largest_error(&check, step, true);
}
