/*
 * Multivector ops by one thread and by two, at a size where two are taken: the same values to the
 * byte, and the same gradients but for the order in which slopes are added up.
 */
#include "multivector/multivector.h"

#include "base/memory.h"
#include "base/threads.h"
#include "check_main.h"
#include "grad/ops.h"

#include <math.h>
#include <omp.h>
#include <string.h>

enum {
    DIMENSIONS = 3,
    BLADES = 8,
    GRADES = 4,
    BATCH = 1100,
    CHANNELS = 31,
    VALUES = 34100 * BLADES
};

static struct variable *linear(struct tape *tape, const struct clifford_plan *plan,
                               struct variable **in)
{
    return multivector_linear(tape, plan, in[1], in[3], NULL);
}

static struct variable *product(struct tape *tape, const struct clifford_plan *plan,
                                struct variable **in)
{
    return multivector_product(tape, plan, in[0], in[1], in[2], in[3], in[1]);
}

static struct variable *mix(struct tape *tape, const struct clifford_plan *plan,
                            struct variable **in)
{
    return multivector_mix(tape, plan, in[0], in[1], in[2], in[3], in[1]);
}

static struct variable *silu(struct tape *tape, const struct clifford_plan *plan,
                             struct variable **in)
{
    return multivector_silu(tape, plan, in[0], in[1], in[3], in[3]);
}

static struct variable *normalise(struct tape *tape, const struct clifford_plan *plan,
                                  struct variable **in)
{
    return multivector_normalise(tape, plan, in[0], in[1], in[3]);
}

static struct variable *layer_norm(struct tape *tape, const struct clifford_plan *plan,
                                   struct variable **in)
{
    return multivector_layer_norm(tape, plan, in[0], in[1], in[3]);
}

struct op {
    const char *name;
    struct variable *(*apply)(struct tape *tape, const struct clifford_plan *plan,
                              struct variable **in);
    size_t weights[3]; /* the shape of in[3]; 0: as many as there are paths */
};

static const struct op ops[] = {{"linear", linear, {GRADES, CHANNELS, CHANNELS}},
                                {"product", product, {1, 0, CHANNELS}},
                                {"mix", mix, {0, CHANNELS, CHANNELS}},
                                {"silu", silu, {1, GRADES, CHANNELS}},
                                {"normalise", normalise, {1, GRADES, CHANNELS}},
                                {"layer norm", layer_norm, {1, 1, CHANNELS}}};

/* The frame, x, z and weights. */
static void make_inputs(const struct op *op, const struct clifford_plan *plan,
                        struct parameters *set)
{
    const size_t shapes[4][3] = {{1, DIMENSIONS + 1, DIMENSIONS},
                                 {BLADES, BATCH, CHANNELS},
                                 {BLADES, BATCH, CHANNELS},
                                 {op->weights[0] ? op->weights[0] : plan->paths,
                                  op->weights[1] ? op->weights[1] : plan->paths, op->weights[2]}};
    struct rng rng = rng_make(11, RNG_TEST, 0);
    for (size_t input = 0; input < 4; input++) {
        struct parameter *p = parameters_add(set, "input", 3, shapes[input]);
        for (size_t i = 0, n = tensor_count(&p->value); i < n; i++)
            p->value.data[i] = (real)rng_normal(&rng);
    }
    for (size_t i = 0; i < DIMENSIONS; i++)
        set->list[0]->value.data[i] = (real)(i + 1);
}

/* The value (VALUES) and the gradients of all inputs of sum (1 + i mod 7) y_i. */
static void run_by(int threads, const struct op *op, const struct clifford_plan *plan,
                   struct parameters *set, real *value, real *gradient)
{
    struct tape tape = {0};
    struct variable *in[4];
    int most = omp_get_max_threads();
    omp_set_num_threads(threads);
    parameters_zero_gradient(set);
    for (size_t i = 0; i < 4; i++)
        in[i] = tape_parameter(&tape, set->list[i]);
    struct variable *y = op->apply(&tape, plan, in);
    ck_assert_uint_eq(tensor_count(&y->value), VALUES);
    memcpy(value, y->value.data, VALUES * sizeof *value);
    real *slopes = variable_gradient(y);
    for (size_t i = 0; i < VALUES; i++)
        slopes[i] = (real)(1 + i % 7);
    tape_walk_back(&tape);
    omp_set_num_threads(most);
    for (size_t p = 0; p < 4; p++) {
        size_t count = tensor_count(&set->list[p]->value);
        memcpy(gradient, set->list[p]->gradient, count * sizeof *gradient);
        gradient += count;
    }
    tape_free(&tape);
}

START_TEST(two)
{
    const struct op *op = &ops[_i];
    struct error error = {0};
    struct clifford_plan plan;
    struct parameters set = {0};
    ck_assert(clifford_plan_make(&plan, DIMENSIONS, NULL, &error));
    ck_assert_uint_ge(plan.terms * BATCH * CHANNELS, THREAD_LEAST_FLOPS); /* two are taken */
    make_inputs(op, &plan, &set);
    size_t count = parameters_count(&set);
    real *value[2], *gradient[2];
    for (int t = 0; t < 2; t++) {
        value[t] = memory_alloc(VALUES, sizeof(real));
        gradient[t] = memory_alloc(count, sizeof(real));
        run_by(1 + t, op, &plan, &set, value[t], gradient[t]);
    }
    ck_assert_msg(memcmp(value[0], value[1], VALUES * sizeof(real)) == 0, "%s: values", op->name);
    for (size_t i = 0; i < count; i++) {
        double expected = (double)gradient[0][i];
        ck_assert_msg(fabs((double)gradient[1][i] - expected) <= 1e-9 * (1 + fabs(expected)),
                      "%s: gradient %zu is %.17g, not %.17g", op->name, i, (double)gradient[1][i],
                      expected);
    }
    for (int t = 0; t < 2; t++) {
        free(value[t]);
        free(gradient[t]);
    }
    parameters_free(&set);
    clifford_plan_free(&plan);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("multivector_threads");
    TCase *cases = tcase_create("multivector_threads");
    tcase_add_loop_test(cases, two, 0, sizeof ops / sizeof *ops);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
