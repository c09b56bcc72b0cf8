/*
 * engine: the ops of the tape against the machine.
 *
 * Matrix products against the same calls of CBLAS made plainly, elementwise ops and reductions
 * against the memory bandwidth that a plain loop reaches on arrays of the same size (no op can be
 * faster that moves its bytes), sparse products against a plain loop over the rows. Op and
 * counterpart run in turn; the figures are medians, the ratio is that of the speeds.
 */
#include "base/memory.h"
#include "base/progress.h"
#include "base/rng.h"
#include "grad/ops.h"
#include "tensor/blas.h"

#include <cblas.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RUNS = 15, MOST_RUNS = 101 };

static int runs = RUNS;

static int compare(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;
    return (difference > 0) - (difference < 0);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare);
    return values[count / 2];
}

static void nothing(void *context)
{
    (void)context;
}

/* Lets the threads of OpenMP and of CBLAS, which wait busily for a while, go to sleep. */
static void settle(void *context)
{
    (void)context;
    nanosleep(&(struct timespec){.tv_nsec = 60000000}, NULL);
}

/* Median seconds of two pieces of work that take turns; `prepare` precedes each, untimed. */
static void measure(void (*prepare)(void *), void (*work)(void *), void (*counterpart)(void *),
                    void *context, double *seconds, double *counterpart_seconds)
{
    double ours[MOST_RUNS], theirs[MOST_RUNS];
    prepare(context);
    work(context); /* the first run makes the arena and touches all pages */
    counterpart(context);
    for (int run = 0; run < runs; run++) {
        prepare(context);
        double began = progress_seconds();
        work(context);
        ours[run] = progress_seconds() - began;
        prepare(context);
        began = progress_seconds();
        counterpart(context);
        theirs[run] = progress_seconds() - began;
    }
    *seconds = median(ours, runs);
    *counterpart_seconds = median(theirs, runs);
}

/* Times `work` in a piece of consecutive runs, after two that wake the threads up. */
static void time_piece(void (*work)(void *), void *context, double *seconds, int count)
{
    settle(context);
    work(context);
    work(context);
    for (int run = 0; run < count; run++) {
        double began = progress_seconds();
        work(context);
        seconds[run] = progress_seconds() - began;
    }
}

/*
 * As measure, for sides that have threads of their own, OpenMP's and OpenBLAS's: those of the side
 * that has just finished spin for a while and would take the processors from the other, so each
 * side gets its turns in pieces.
 */
static void measure_in_pieces(void (*work)(void *), void (*counterpart)(void *), void *context,
                              double *seconds, double *counterpart_seconds)
{
    enum { PIECE = 5 };
    double ours[MOST_RUNS], theirs[MOST_RUNS];
    int first = 0;
    for (; first + PIECE <= runs || first == 0; first += PIECE) {
        int count = runs < PIECE ? runs : PIECE;
        time_piece(work, context, ours + first, count);
        time_piece(counterpart, context, theirs + first, count);
    }
    int taken = first < runs ? first : runs;
    *seconds = median(ours, taken);
    *counterpart_seconds = median(theirs, taken);
}

static real *random_values(size_t count, uint32_t stream)
{
    struct rng rng = rng_make(1, RNG_TEST, stream);
    real *values = memory_alloc(count, sizeof *values);
    rng_fill_uniform(&rng, values, count, (real)0.1, 2);
    return values;
}

/* --- products: y = act(x w^T + b), dx = dy w, dw = dy^T x --- */

struct product {
    size_t rows, in, out;
    bool linear; /* tape_linear with bias and relu; otherwise tape_matmul */
    struct tape tape;
    struct parameters set;
    real *x_data, *w_data, *y, *dy, *dx, *dw; /* for the plain calls */
};

static void run_product(void *context)
{
    struct product *p = context;
    struct tape *tape = &p->tape;
    tape_reset(tape);
    struct variable *x = tape_parameter(tape, p->set.list[0]);
    struct variable *w = tape_parameter(tape, p->set.list[1]);
    struct variable *b = tape_parameter(tape, p->set.list[2]);
    struct variable *y = p->linear ? tape_linear(tape, x, w, b, ACTIVATION_RELU)
                                   : tape_matmul(tape, x, false, w, true);
    /* The op alone, without a loss: its gradient is set by hand. */
    y->gradient = p->dy;
    y->backward(y);
}

static void run_cblas(void *context)
{
    const struct product *p = context;
    int rows = (int)p->rows, in = (int)p->in, out = (int)p->out;
    blas_lend_threads();
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, out, in, 1, p->x_data, in,
                p->w_data, in, 0, p->y, out);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, in, out, 1, p->dy, out, p->w_data,
                in, 1, p->dx, in);
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, out, in, rows, 1, p->dy, out, p->x_data,
                in, 1, p->dw, in);
    blas_return_threads();
}

static void bench_product(size_t rows, size_t in, size_t out, bool linear)
{
    struct product p = {.rows = rows, .in = in, .out = out, .linear = linear};
    const size_t shapes[3][2] = {{rows, in}, {out, in}, {1, out}};
    for (uint32_t i = 0; i < 3; i++) {
        struct parameter *parameter = parameters_add(&p.set, "p", 2, shapes[i]);
        free(parameter->value.data);
        parameter->value.data = random_values(shapes[i][0] * shapes[i][1], i);
    }
    p.x_data = p.set.list[0]->value.data;
    p.w_data = p.set.list[1]->value.data;
    p.y = random_values(rows * out, 3);
    p.dy = random_values(rows * out, 4);
    p.dx = random_values(rows * in, 5);
    p.dw = random_values(out * in, 6);
    double ours, plain, flops = 6 * (double)rows * (double)in * (double)out;
    measure_in_pieces(run_product, run_cblas, &p, &ours, &plain);
    printf("%-22s %6zu x %4zu x %4zu  %8.1f GFlop/s %8.1f GFlop/s  %5.2f  (>= 0.90)\n",
           linear ? "linear, relu" : "matmul", rows, in, out, flops / ours / 1e9,
           flops / plain / 1e9, plain / ours);
    tape_free(&p.tape);
    parameters_free(&p.set);
    free(p.y);
    free(p.dy);
    free(p.dx);
    free(p.dw);
}

/* --- ops that move memory --- */

struct moved {
    const char *name;
    struct variable *(*apply)(struct tape *tape, struct variable *a, struct variable *b);
    /*
     * Transfers of whole arrays between memory and cache that the passes need: 1 for one that is
     * read, 2 for one that is written (its lines are fetched first) or changed in place.
     */
    int forward, backward;
    bool computes; /* bound by arithmetic: transcendental functions, or sums of short rows */
};

static struct variable *add(struct tape *t, struct variable *a, struct variable *b)
{
    return tape_add(t, a, b);
}

static struct variable *multiply(struct tape *t, struct variable *a, struct variable *b)
{
    return tape_multiply(t, a, b);
}

static struct variable *divide(struct tape *t, struct variable *a, struct variable *b)
{
    return tape_divide(t, a, b);
}

static struct variable *add_row(struct tape *t, struct variable *a, struct variable *b)
{
    return tape_add(t, a, tape_slice_columns(t, tape_reshape(t, b, 2, (const size_t[]){
                                             1, tensor_count(&b->value)}), 0,
                                             tensor_columns(&a->value)));
}

static struct variable *affine(struct tape *t, struct variable *a, struct variable *b)
{
    (void)b;
    return tape_affine(t, a, 2, 1);
}

static struct variable *clamp(struct tape *t, struct variable *a, struct variable *b)
{
    (void)b;
    return tape_clamp_below(t, a, 1);
}

static struct variable *square(struct tape *t, struct variable *a, struct variable *b)
{
    (void)b;
    return tape_function(t, a, FUNCTION_SQUARE);
}

static struct variable *square_root(struct tape *t, struct variable *a, struct variable *b)
{
    (void)b;
    return tape_function(t, a, FUNCTION_SQUARE_ROOT);
}

static struct variable *exponential(struct tape *t, struct variable *a, struct variable *b)
{
    (void)b;
    return tape_function(t, a, FUNCTION_EXPONENTIAL);
}

static struct variable *logarithm(struct tape *t, struct variable *a, struct variable *b)
{
    (void)b;
    return tape_function(t, a, FUNCTION_LOGARITHM);
}

static struct variable *sine(struct tape *t, struct variable *a, struct variable *b)
{
    (void)b;
    return tape_function(t, a, FUNCTION_SINE);
}

static struct variable *relu(struct tape *t, struct variable *a, struct variable *b)
{
    (void)b;
    return tape_activation(t, a, ACTIVATION_RELU);
}

static struct variable *gelu(struct tape *t, struct variable *a, struct variable *b)
{
    (void)b;
    return tape_activation(t, a, ACTIVATION_GELU);
}

static struct variable *tanh_of(struct tape *t, struct variable *a, struct variable *b)
{
    (void)b;
    return tape_activation(t, a, ACTIVATION_TANH);
}

static struct variable *softplus(struct tape *t, struct variable *a, struct variable *b)
{
    (void)b;
    return tape_activation(t, a, ACTIVATION_SOFTPLUS);
}

static struct variable *sum(struct tape *t, struct variable *a, struct variable *b)
{
    (void)b;
    return tape_sum(t, a);
}

static struct variable *row_sum(struct tape *t, struct variable *a, struct variable *b)
{
    (void)b;
    return tape_row_sum(t, a);
}

static struct variable *column_sum(struct tape *t, struct variable *a, struct variable *b)
{
    (void)b;
    return tape_column_sum(t, a);
}

static struct variable *row_norm(struct tape *t, struct variable *a, struct variable *b)
{
    (void)b;
    return tape_row_norm(t, a);
}

static struct variable *mean_squared_error(struct tape *t, struct variable *a, struct variable *b)
{
    return tape_mean_squared_error(t, a, b->value.data);
}

static struct variable *softmax(struct tape *t, struct variable *a, struct variable *b)
{
    (void)b;
    return tape_softmax(t, a);
}

static struct variable *transpose(struct tape *t, struct variable *a, struct variable *b)
{
    (void)b;
    return tape_transpose(t, a);
}

static const struct moved moved_ops[] = {
    {"add", add, 4, 3, false}, /* dy is handed over to a and copied to b */
    {"multiply", multiply, 4, 7, false},
    {"divide", divide, 4, 8, false},
    {"add one row", add_row, 3, 1, false},
    {"affine", affine, 3, 2, false},
    {"clamp_below", clamp, 3, 3, false},
    {"square", square, 3, 3, false},
    {"square_root", square_root, 3, 3, false},
    {"relu", relu, 3, 3, false},
    {"sum", sum, 1, 2, false},
    {"column_sum", column_sum, 1, 2, false},
    {"mean_squared_error", mean_squared_error, 4, 0, false},
    {"transpose", transpose, 3, 3, false},
    {"row_sum", row_sum, 1, 2, true},
    {"row_norm", row_norm, 1, 3, true},
    {"exponential", exponential, 3, 3, true},
    {"logarithm", logarithm, 3, 3, true},
    {"sine", sine, 3, 3, true},
    {"gelu", gelu, 3, 3, true},
    {"tanh", tanh_of, 3, 3, true},
    {"softplus", softplus, 3, 3, true},
    {"softmax", softmax, 3, 3, true},
};

struct move {
    const struct moved *op;
    size_t rows, columns;
    struct tape tape;
    struct parameters set;
    real *dy, *copy_from, *copy_to;
};

static struct variable *run_forward_op(struct move *m)
{
    tape_reset(&m->tape);
    struct variable *inputs[2];
    for (int i = 0; i < 2; i++) {
        /* Not a parameter but a result, so that its gradient is new; the view costs nothing. */
        struct variable *leaf = tape_parameter(&m->tape, m->set.list[i]);
        inputs[i] = tape_reshape(&m->tape, leaf, 2, leaf->value.shape);
    }
    return m->op->apply(&m->tape, inputs[0], inputs[1]);
}

static void run_forward(void *context)
{
    run_forward_op(context);
}

static void run_step(void *context)
{
    struct move *m = context;
    struct variable *y = run_forward_op(m);
    y->gradient = m->dy;
    y->backward(y);
}

/* Ops use up the gradient of their result. */
static void renew_gradient(void *context)
{
    struct move *m = context;
    for (size_t i = 0; i < m->rows * m->columns; i++)
        m->dy[i] = 1;
}

enum { COPY_TRANSFERS = 3 };

static void run_copy(void *context)
{
    const struct move *m = context;
    const real *restrict from = m->copy_from;
    real *restrict to = m->copy_to;
    size_t n = m->rows * m->columns;
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < n; i++)
        to[i] = from[i];
}

static void bench_moved(size_t rows, size_t columns)
{
    struct move m = {.rows = rows, .columns = columns};
    size_t n = rows * columns;
    for (uint32_t i = 0; i < 2; i++) {
        struct parameter *parameter =
            parameters_add(&m.set, "p", 2, (const size_t[]){rows, columns});
        free(parameter->value.data);
        parameter->value.data = random_values(n, i);
    }
    m.dy = random_values(n, 2);
    m.copy_from = random_values(n, 3);
    m.copy_to = random_values(n, 4);
    printf("\n%zu x %zu reals %10s forward, GB/s  ratio  and backward, GB/s  ratio  copy, GB/s\n",
           rows, columns, "");
    for (size_t i = 0; i < sizeof moved_ops / sizeof *moved_ops; i++) {
        m.op = &moved_ops[i];
        double forward, step, copy, copy_again, bytes = (double)n * sizeof(real) / 1e9;
        measure(nothing, run_forward, run_copy, &m, &forward, &copy);
        measure(renew_gradient, run_step, run_copy, &m, &step, &copy_again);
        double transfers = m.op->forward, both = m.op->forward + m.op->backward;
        printf("%-32s %6.1f  %5.2f %19.1f  %5.2f %11.1f  %s\n", m.op->name,
               bytes * transfers / forward, transfers / COPY_TRANSFERS * copy / forward,
               bytes * both / step, both / COPY_TRANSFERS * copy_again / step,
               COPY_TRANSFERS * bytes / copy, m.op->computes ? "computes" : ">= 0.70");
    }
    tape_free(&m.tape);
    parameters_free(&m.set);
    free(m.dy);
    free(m.copy_from);
    free(m.copy_to);
}

/* --- sparse products --- */

struct spread {
    struct sparse matrix;
    size_t width;
    real *x, *y;
};

static void run_sparse(void *context)
{
    struct spread *s = context;
    sparse_multiply(&s->matrix, s->x, s->width, false, s->y);
}

/* What one writes first. */
static void run_plain_sparse(void *context)
{
    struct spread *s = context;
    const struct sparse *matrix = &s->matrix;
#pragma omp parallel for schedule(static)
    for (size_t row = 0; row < matrix->rows; row++) {
        for (size_t j = 0; j < s->width; j++)
            s->y[row * s->width + j] = 0;
        for (size_t i = matrix->offsets[row]; i < matrix->offsets[row + 1]; i++)
            for (size_t j = 0; j < s->width; j++)
                s->y[row * s->width + j] +=
                    matrix->values[i] * s->x[matrix->indices[i] * s->width + j];
    }
}

/* A random graph whose degrees differ: row r has up to 4 times the mean. */
static void bench_sparse(size_t rows, size_t degree, size_t width)
{
    struct rng rng = rng_make(1, RNG_TEST, 9);
    size_t *offsets = memory_zeroed(rows + 1, sizeof *offsets);
    for (size_t row = 0; row < rows; row++)
        offsets[row + 1] = offsets[row] + (row % 4 == 0 ? degree * 4 - 3 : 1);
    size_t entries = offsets[rows];
    uint32_t *indices = memory_alloc(entries, sizeof *indices);
    for (size_t i = 0; i < entries; i++)
        indices[i] = (uint32_t)rng_below(&rng, rows);
    struct spread s = {.matrix = {.rows = rows, .columns = rows, .offsets = offsets,
                                  .indices = indices, .values = random_values(entries, 0)},
                       .width = width, .x = random_values(rows * width, 1),
                       .y = random_values(rows * width, 2)};
    double ours, plain, flops = 2 * (double)entries * (double)width;
    measure(nothing, run_sparse, run_plain_sparse, &s, &ours, &plain);
    printf("%8zu rows, degree %3zu, width %4zu  %8.2f GFlop/s %8.2f GFlop/s  %5.2f\n", rows, degree,
           width, flops / ours / 1e9, flops / plain / 1e9, plain / ours);
    sparse_free(&s.matrix);
    free(s.x);
    free(s.y);
}

int main(void)
{
    const char *given = getenv("BENCH_RUNS");
    if (given && atoi(given) > 0)
        runs = atoi(given) < MOST_RUNS ? atoi(given) : MOST_RUNS;
    printf("engine: %d threads, medians of %d paired runs\n", omp_get_max_threads(), runs);
    printf("\nforward and backward, rows x in x out %10s %16s %17s\n", "tape", "CBLAS", "ratio");
    for (int linear = 0; linear < 2; linear++) {
        bench_product(512, 512, 512, linear);
        bench_product(65536, 64, 64, linear);
        bench_product(200000, 10, 64, linear);
        bench_product(2048, 1024, 4096, linear);
    }
    bench_moved(131072, 64);
    bench_moved(800000, 10);
    printf("\nsparse products %26s %16s %17s\n", "tape", "plain loop", "ratio");
    bench_sparse(20000, 8, 16);
    bench_sparse(20000, 8, 64);
    bench_sparse(200000, 8, 64);
    bench_sparse(20000, 30, 256);
    return 0;
}
