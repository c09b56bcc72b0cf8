/* The check that checks gradients: it passes right ones and catches wrong ones. */
#include "grad/gradient_check.h"

#include "check_main.h"
#include "grad/ops.h"

static void cube_backward(struct variable *self)
{
    real error = *(const real *)self->context;
    struct variable *x = self->inputs[0];
    real *dx = variable_gradient(x);
    for (size_t i = 0, n = tensor_count(&x->value); i < n; i++)
        dx[i] += self->gradient[0] * 3 * x->value.data[i] * x->value.data[i];
    dx[0] *= 1 + error;
}

/* The sum of cubes, with a relative error in the first gradient. */
static struct variable *cubes(struct tape *tape, struct parameters *set, void *error)
{
    struct variable *x = tape_parameter(tape, set->list[0]);
    struct variable *y = tape_record(tape, 0, NULL, &x, 1, cube_backward);
    y->context = error;
    y->value.data[0] = 0;
    for (size_t i = 0, n = tensor_count(&x->value); i < n; i++)
        y->value.data[0] += x->value.data[i] * x->value.data[i] * x->value.data[i];
    return y;
}

static double error_found(real error)
{
    struct parameters set = {0};
    struct parameter *x = parameters_add(&set, "x", 1, (const size_t[]){4});
    for (int i = 0; i < 4; i++)
        x->value.data[i] = 1 + 0.25 * i;
    double found = gradient_check(&set, cubes, &error, 1e-5);
    for (int i = 0; i < 4; i++)
        ck_assert(x->value.data[i] == 1 + 0.25 * i); /* put back */
    parameters_free(&set);
    return found;
}

START_TEST(right_gradient)
{
    ck_assert(error_found(0) <= 1e-8);
}
END_TEST

START_TEST(wrong_gradient)
{
    const double errors[] = {1e-5, 1e-3, 1, -1, -2};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        ck_assert(error_found(errors[i]) > 0.4 * fabs(errors[i]));
    ck_assert(isnan(error_found(NAN)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gradient_check");
    TCase *cases = tcase_create("check");
    tcase_add_test(cases, right_gradient);
    tcase_add_test(cases, wrong_gradient);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
