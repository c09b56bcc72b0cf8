/* The tape: its memory, what it leaves undone, and independence of another one. */
#include "grad/tape.h"

#include "check_main.h"
#include "grad/gradient_check.h"
#include "grad/ops.h"

enum { ROWS = 40, IN = 6, OUT = 5 };

/* A small network: parameters "weight", "bias" and "scale". */
static struct parameters new_network(void)
{
    struct parameters set = {0};
    parameters_add(&set, "weight", 2, (const size_t[]){OUT, IN});
    parameters_add(&set, "bias", 1, (const size_t[]){OUT});
    parameters_add(&set, "scale", 1, (const size_t[]){OUT});
    for (size_t p = 0; p < set.count; p++)
        for (size_t i = 0, n = tensor_count(&set.list[p]->value); i < n; i++)
            set.list[p]->value.data[i] = sin((double)(i + 10 * p + 1));
    return set;
}

static struct variable *network_loss(struct tape *tape, struct parameters *set, void *context)
{
    real *x = context;
    struct variable *h =
        tape_linear(tape, tape_constant(tape, tensor_matrix(x, ROWS, IN)),
                    tape_parameter(tape, set->list[0]), tape_parameter(tape, set->list[1]),
                    ACTIVATION_GELU);
    h = tape_multiply(tape, h, tape_parameter(tape, set->list[2]));
    return tape_mean(tape, tape_function(tape, h, FUNCTION_SQUARE));
}

static void fill(real *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        x[i] = cos((double)i);
}

START_TEST(arena_does_not_grow)
{
    struct parameters set = new_network();
    struct tape tape = {0};
    real x[ROWS * IN];
    fill(x, ROWS * IN);
    size_t blocks = 0, peak = 0;
    for (int step = 0; step < 5; step++) {
        tape_reset(&tape);
        tape_backward(&tape, network_loss(&tape, &set, x));
        if (step == 0) {
            blocks = tape.arena.blocks;
            peak = tape.arena.peak;
        }
    }
    ck_assert_uint_gt(blocks, 0);
    ck_assert_uint_eq(tape.arena.blocks, blocks);
    ck_assert_uint_eq(tape.arena.peak, peak);
    tape_free(&tape);
    parameters_free(&set);
}
END_TEST

START_TEST(all_frozen_records_nothing)
{
    struct parameters set = new_network();
    struct tape tape = {0};
    real x[ROWS * IN];
    fill(x, ROWS * IN);
    for (size_t p = 0; p < set.count; p++)
        set.list[p]->frozen = true;
    struct variable *loss = network_loss(&tape, &set, x);
    size_t used = tape.arena.used;
    ck_assert_ptr_null(tape.last);
    ck_assert(!loss->needs_gradient);
    tape_backward(&tape, loss);
    ck_assert_uint_eq(tape.arena.used, used);
    for (size_t p = 0; p < set.count; p++)
        ck_assert(set.list[p]->gradient[0] == 0);
    tape_free(&tape);
    parameters_free(&set);
}
END_TEST

/* Freezing what lies below the last layer saves the memory of the whole way there. */
START_TEST(frozen_parameters_cost_nothing)
{
    real x[ROWS * IN];
    fill(x, ROWS * IN);
    size_t used[2];
    for (int frozen = 0; frozen < 2; frozen++) {
        struct parameters set = new_network();
        struct tape tape = {0};
        set.list[0]->frozen = set.list[1]->frozen = frozen;
        tape_backward(&tape, network_loss(&tape, &set, x));
        used[frozen] = tape.arena.used;
        ck_assert((set.list[0]->gradient[0] == 0) == frozen);
        ck_assert(set.list[2]->gradient[0] != 0);
        tape_free(&tape);
        parameters_free(&set);
    }
    ck_assert_uint_lt(used[1], used[0]);
}
END_TEST

START_TEST(two_tapes_side_by_side)
{
    struct parameters a = new_network(), b = new_network(), alone = new_network();
    struct tape tape_a = {0}, tape_b = {0}, tape_alone = {0};
    real x[2][ROWS * IN];
    fill(x[0], ROWS * IN);
    for (size_t i = 0; i < ROWS * IN; i++)
        x[1][i] = 2 - x[0][i];
    struct variable *loss_a = network_loss(&tape_a, &a, x[0]);
    struct variable *loss_b = network_loss(&tape_b, &b, x[1]);
    tape_backward(&tape_a, loss_a);
    tape_backward(&tape_b, loss_b);
    tape_backward(&tape_alone, network_loss(&tape_alone, &alone, x[1]));
    for (size_t p = 0; p < alone.count; p++) {
        size_t bytes = tensor_count(&alone.list[p]->value) * sizeof(real);
        ck_assert_mem_eq(b.list[p]->gradient, alone.list[p]->gradient, bytes);
        ck_assert_mem_ne(a.list[p]->gradient, alone.list[p]->gradient, bytes);
    }
    tape_free(&tape_a);
    tape_free(&tape_b);
    tape_free(&tape_alone);
    parameters_free(&a);
    parameters_free(&b);
    parameters_free(&alone);
}
END_TEST

/* One parameter in two leaves, and one variable in three ops of which two pass gradients on. */
static struct variable *entangled_loss(struct tape *tape, struct parameters *set, void *context)
{
    (void)context;
    struct variable *w = tape_parameter(tape, set->list[0]);
    struct variable *again = tape_parameter(tape, set->list[0]);
    struct variable *h = tape_affine(tape, tape_multiply(tape, w, again), 0.5, 1);
    struct variable *view = tape_reshape(tape, h, 1, (const size_t[]){OUT * IN});
    struct variable *sum = tape_add(tape, h, tape_activation(tape, h, ACTIVATION_TANH));
    struct variable *both = tape_subtract(tape, tape_add(tape, sum, sum), w);
    return tape_add(tape, tape_mean(tape, tape_function(tape, both, FUNCTION_SQUARE)),
                    tape_sum(tape, tape_function(tape, view, FUNCTION_SINE)));
}

START_TEST(reuse_of_variables)
{
    struct parameters set = new_network();
    set.list[1]->frozen = set.list[2]->frozen = true;
    ck_assert(gradient_check(&set, entangled_loss, NULL, 1e-5) <= 1e-6);
    parameters_free(&set);
}
END_TEST

/* Gradients add up over backward passes until they are zeroed. */
START_TEST(gradients_accumulate)
{
    struct parameters set = new_network();
    struct tape tape = {0};
    real x[ROWS * IN];
    fill(x, ROWS * IN);
    tape_backward(&tape, network_loss(&tape, &set, x));
    real once = set.list[0]->gradient[3];
    tape_reset(&tape);
    tape_backward(&tape, network_loss(&tape, &set, x));
    ck_assert(fabs(set.list[0]->gradient[3] - 2 * once) <= 1e-15);
    parameters_zero_gradient(&set);
    ck_assert(set.list[0]->gradient[3] == 0);
    tape_free(&tape);
    parameters_free(&set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tape");
    TCase *cases = tcase_create("tape");
    tcase_add_test(cases, arena_does_not_grow);
    tcase_add_test(cases, all_frozen_records_nothing);
    tcase_add_test(cases, frozen_parameters_cost_nothing);
    tcase_add_test(cases, two_tapes_side_by_side);
    tcase_add_test(cases, reuse_of_variables);
    tcase_add_test(cases, gradients_accumulate);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
