/*
 * Layers and networks: initial values, the gradient of whole losses by a learned metric too, and
 * equivariance under the isometries of the metric.
 */
#include "multivector/multivector_layers.h"

#include "base/memory.h"
#include "check_main.h"
#include "grad/gradient_check.h"
#include "grad/ops.h"

#include <stdlib.h>
#include <string.h>

enum { NODES = 4, EDGES = 7, VECTORS = 2, HIDDEN = 3, MOST = CLIFFORD_MOST_DIMENSIONS };

enum network { NETWORK_MLP, NETWORK_GNN, NETWORK_MIXING, NETWORKS };

/* A network over NODES samples (or nodes) of two vectors, one scalar and one pseudoscalar. */
struct problem {
    enum network network;
    struct clifford_plan plan;
    struct clifford_metric metric;
    struct parameters set;
    struct cgmlp mlp;
    struct cggnn gnn;
    struct multivector_product_layer mixing[2];
    struct multivector_silu silu;
    struct multivector_edges edges;
    real scalars[NODES], pseudoscalars[NODES], vectors[NODES * VECTORS * MOST];
    real edge_scalars[EDGES];
    real *targets[MOST + 2]; /* of every grade and of the invariants; made by the first loss */
};

static const uint32_t senders[EDGES] = {0, 1, 2, 3, 0, 2, 1};
static const uint32_t receivers[EDGES] = {1, 0, 1, 2, 2, 3, 3};

static void make_network(struct problem *p)
{
    const struct cggnn_options options = {
        .in = VECTORS + 2, .hidden = HIDDEN, .out = 2,
        .edge_channels = 1, .layers = 1,      .blocks = 2};
    switch (p->network) {
    case NETWORK_MLP:
        cgmlp_make(&p->mlp, &p->plan, &p->set, "mlp", VECTORS + 2, HIDDEN, 2, 2);
        break;
    case NETWORK_GNN:
        cggnn_make(&p->gnn, &p->plan, &p->set, "gnn", &options);
        break;
    default:
        multivector_product_layer_make(&p->mixing[0], &p->plan, &p->set, "first", VECTORS + 2,
                                       HIDDEN, true, true);
        multivector_silu_make(&p->silu, &p->plan.algebra, &p->set, "silu", HIDDEN);
        multivector_product_layer_make(&p->mixing[1], &p->plan, &p->set, "last", HIDDEN, 2, true,
                                       false);
    }
}

static void initialise_network(struct problem *p, struct rng *rng)
{
    switch (p->network) {
    case NETWORK_MLP: cgmlp_initialise(&p->mlp, &p->plan, rng); break;
    case NETWORK_GNN: cggnn_initialise(&p->gnn, &p->plan, rng); break;
    default:
        multivector_product_layer_initialise(&p->mixing[0], &p->plan, rng);
        multivector_product_layer_initialise(&p->mixing[1], &p->plan, rng);
        multivector_silu_initialise(&p->silu);
    }
}

/* The start as published, with some noise so that nothing is exactly 0 or 1. */
static void problem_make(struct problem *p, enum network network, size_t n, const real *base,
                         enum clifford_metric_kind kind, uint32_t seed)
{
    struct error error = {0};
    struct rng rng = rng_make(seed, RNG_TEST, (uint32_t)n);
    *p = (struct problem){.network = network};
    ck_assert(clifford_plan_make(&p->plan, n, kind == CLIFFORD_METRIC_FIXED ? base : NULL, &error));
    clifford_metric_make(&p->metric, kind, n, &p->set);
    clifford_metric_initialise(&p->metric, base, &rng);
    make_network(p);
    multivector_edges_make(&p->edges, &p->plan.algebra, NODES, senders, receivers, EDGES);
    initialise_network(p, &rng);
    for (size_t i = 0; i < p->set.count; i++) {
        struct tensor *value = &p->set.list[i]->value;
        for (size_t k = 0; k < tensor_count(value); k++)
            value->data[k] += (real)(0.2 * rng_normal(&rng));
    }
    for (size_t i = 0; i < NODES; i++) {
        p->scalars[i] = (real)rng_normal(&rng);
        p->pseudoscalars[i] = (real)rng_normal(&rng);
    }
    for (size_t i = 0; i < NODES * VECTORS * n; i++)
        p->vectors[i] = (real)rng_normal(&rng);
    for (size_t i = 0; i < EDGES; i++)
        p->edge_scalars[i] = (real)rng_normal(&rng);
}

static void problem_free(struct problem *p)
{
    for (size_t k = 0; k < MOST + 2; k++)
        free(p->targets[k]);
    multivector_edges_free(&p->edges);
    parameters_free(&p->set);
    clifford_plan_free(&p->plan);
}

static struct variable *constant(struct tape *tape, real *data, size_t samples, size_t channels,
                                 size_t size)
{
    return tape_constant(tape, tensor_of_shape(data, 3, (const size_t[]){samples, channels, size}));
}

/* The multivectors that come out, in the frame: (blades, NODES, 2). */
static struct variable *run(struct problem *p, struct tape *tape, struct variable *frame)
{
    size_t n = p->plan.algebra.dimension;
    const struct multivector_part parts[] = {
        {0, constant(tape, p->scalars, NODES, 1, 1)},
        {1, constant(tape, p->vectors, NODES, VECTORS, n)},
        {n, constant(tape, p->pseudoscalars, NODES, 1, 1)}};
    const struct multivector_part edge_part = {0, constant(tape, p->edge_scalars, EDGES, 1, 1)};
    struct variable *x = multivector_enter(tape, &p->plan, frame, parts, 3);
    switch (p->network) {
    case NETWORK_MLP: return cgmlp_apply(tape, &p->plan, frame, &p->mlp, x);
    case NETWORK_GNN:
        return cggnn_apply(tape, &p->plan, frame, &p->gnn, &p->edges, x,
                           multivector_enter(tape, &p->plan, frame, &edge_part, 1));
    default:
        x = multivector_product_layer_apply(tape, &p->plan, frame, &p->mixing[0], x);
        x = multivector_silu_apply(tape, &p->plan, frame, &p->silu, x);
        return multivector_product_layer_apply(tape, &p->plan, frame, &p->mixing[1], x);
    }
}

/*
 * The mean square of what comes out of every grade, and of the invariants, from targets that it is
 * near to: a loss that is not much larger than its slopes, which rounding would hide else.
 */
static struct variable *loss_of(struct tape *tape, struct parameters *set, void *context)
{
    struct problem *p = context;
    (void)set;
    struct variable *frame = clifford_metric_frame(&p->metric, tape);
    struct variable *y = run(p, tape, frame), *loss = NULL;
    size_t grades = p->plan.algebra.grades;
    for (size_t k = 0; k <= grades; k++) {
        struct variable *v = k < grades ? multivector_leave(tape, &p->plan, frame, y, k)
                                        : multivector_invariants(tape, &p->plan, frame, y);
        size_t count = tensor_count(&v->value);
        if (!p->targets[k]) {
            p->targets[k] = memory_alloc(count, sizeof(real));
            for (size_t i = 0; i < count; i++)
                p->targets[k][i] = v->value.data[i] + (real)(0.1 * sin((double)(i + k) + 1));
        }
        struct variable *term = tape_mean_squared_error(tape, v, p->targets[k]);
        loss = loss ? tape_add(tape, loss, term) : term;
    }
    return loss;
}

/*
 * The seeds are such that no norm inside is taken of a form next to null, where its slope turns so
 * sharply that no difference in double precision can follow.
 */
static const struct {
    size_t n;
    real base[MOST];
    uint32_t seed;
} spaces[] = {{1, {1}, 5}, {2, {1, 2}, 5}, {3, {1, 1.5, 2}, 5}, {3, {1, -1, 2}, 2},
              {4, {1, -1, -2, -3}, 18}};

START_TEST(whole_gradient)
{
    for (size_t s = 0; s < sizeof spaces / sizeof *spaces; s++) {
        for (enum network network = 0; network < NETWORKS; network++) {
            struct problem p;
            if (spaces[s].n == 4 && network == NETWORK_GNN)
                continue; /* as the one before, and slow */
            problem_make(&p, network, spaces[s].n, spaces[s].base, CLIFFORD_METRIC_FULL,
                         spaces[s].seed);
            double error = gradient_check(&p.set, loss_of, &p, 1e-5);
            ck_assert_msg(error <= 1e-6, "network %d in space %zu: off by %g", (int)network, s,
                          error);
            problem_free(&p);
        }
    }
}
END_TEST

/* A random isometry of the metric, of determinant of either sign: (n, n) and its determinant. */
static real isometry(const struct problem *p, int factors, struct rng *rng, real *matrix)
{
    const struct clifford *algebra = &p->plan.algebra;
    size_t n = algebra->dimension;
    double lambda[MOST], axes[MOST * MOST];
    real squares[MOST], vectors[MOST * MOST], versor[64], inner[MOST * MOST];
    struct error error = {0};
    clifford_metric_eigen(&p->metric, lambda, axes);
    for (size_t i = 0; i < n; i++)
        squares[i] = (real)lambda[i];
    for (int f = 0; f < factors; f++) {
        double form = 0, size = 1;
        while (fabs(form) < 0.5 * size) { /* far from null, so that the isometry is tame */
            form = size = 0;
            for (size_t i = 0; i < n; i++) {
                double value = rng_normal(rng);
                vectors[(size_t)f * n + i] = (real)value;
                form += lambda[i] * value * value;
                size += fabs(lambda[i]) * value * value;
            }
        }
    }
    ck_assert(clifford_versor(algebra, squares, vectors, (size_t)factors, versor, &error));
    ck_assert_msg(clifford_action_matrix(algebra, squares, versor, inner, &error), "%s",
                  error.message);
    for (size_t a = 0; a < n; a++) {
        for (size_t b = 0; b < n; b++) {
            double sum = 0; /* P inner P^T */
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < n; j++)
                    sum += axes[a * n + i] * (double)inner[i * n + j] * axes[b * n + j];
            matrix[a * n + b] = (real)sum;
        }
    }
    return factors % 2 ? -1 : 1;
}

/* Applies a matrix to vectors (count, n) in place. */
static void turn(const real *matrix, size_t n, size_t count, real *vectors)
{
    for (size_t v = 0; v < count; v++) {
        real image[MOST] = {0};
        for (size_t a = 0; a < n; a++)
            for (size_t b = 0; b < n; b++)
                image[a] += matrix[a * n + b] * vectors[v * n + b];
        memcpy(vectors + v * n, image, n * sizeof *image);
    }
}

struct outputs {
    real scalars[NODES * 2], vectors[NODES * 2 * MOST], pseudoscalars[NODES * 2];
};

static void outputs_of(struct problem *p, struct outputs *outputs)
{
    struct tape tape = {0};
    size_t n = p->plan.algebra.dimension;
    struct variable *frame = clifford_metric_frame(&p->metric, &tape);
    struct variable *y = run(p, &tape, frame);
    real *const targets[] = {outputs->scalars, outputs->vectors, outputs->pseudoscalars};
    const size_t grades[] = {0, 1, n};
    for (size_t k = 0; k < 3; k++) {
        struct tensor value = multivector_leave(&tape, &p->plan, frame, y, grades[k])->value;
        memcpy(targets[k], value.data, tensor_count(&value) * sizeof(real));
    }
    tape_free(&tape);
}

static void check_same(const real *found, const real *expected, size_t count, const char *what)
{
    double difference = 0, size = 1;
    for (size_t i = 0; i < count; i++) {
        difference = fmax(difference, fabs((double)(found[i] - expected[i])));
        size = fmax(size, fabs((double)expected[i]));
    }
    ck_assert_msg(difference <= 1e-10 * size, "%s: %g of %g", what, difference, size);
}

START_TEST(equivariance)
{
    struct rng rng = rng_make(12, RNG_TEST, 0);
    for (size_t s = 0; s < sizeof spaces / sizeof *spaces; s++) {
        for (size_t trial = 0; trial < 6 * NETWORKS; trial++) {
            struct problem p;
            struct outputs before, after;
            real matrix[MOST * MOST];
            size_t n = spaces[s].n;
            problem_make(&p, trial % NETWORKS, n, spaces[s].base,
                         (enum clifford_metric_kind)(trial / NETWORKS % 3), (uint32_t)trial);
            outputs_of(&p, &before);
            real determinant = isometry(&p, 1 + (int)(trial % 2), &rng, matrix);
            turn(matrix, n, NODES * VECTORS, p.vectors);
            for (size_t i = 0; i < NODES; i++)
                p.pseudoscalars[i] *= determinant;
            outputs_of(&p, &after);
            turn(matrix, n, NODES * 2, before.vectors);
            for (size_t i = 0; i < NODES * 2; i++)
                before.pseudoscalars[i] *= determinant;
            check_same(after.scalars, before.scalars, NODES * 2, "scalars");
            check_same(after.pseudoscalars, before.pseudoscalars, NODES * 2, "pseudoscalars");
            check_same(after.vectors, before.vectors, NODES * 2 * n, "vectors");
            problem_free(&p);
        }
    }
}
END_TEST

/*
 * What is computed depends on G alone: written in other coordinates of the world, G' = T^-T G T^-1
 * with T orthogonal, it is the same though eigenvectors come with other signs; and a diagonal
 * metric gives what a full one does.
 */
START_TEST(frames_do_not_matter)
{
    const real base[] = {1, -2, 3};
    for (enum network network = 0; network < NETWORKS; network++) {
        struct problem p, q;
        struct outputs of_p, of_q;
        problem_make(&p, network, 3, base, CLIFFORD_METRIC_FULL, 21);
        problem_make(&q, network, 3, base, CLIFFORD_METRIC_FULL, 21);
        real *m = q.metric.matrix->value.data, kept[9], turned[9] = {0};
        const real t[9] = {0.36, 0.48, -0.8, -0.8, 0.6, 0, 0.48, 0.64, 0.6}; /* orthogonal */
        memcpy(kept, m, sizeof kept);
        for (size_t i = 0; i < 81; i++) {
            size_t a = i / 27, b = i / 9 % 3, c = i / 3 % 3, d = i % 3;
            turned[a * 3 + b] += t[a * 3 + c] * kept[c * 3 + d] * t[b * 3 + d];
        }
        memcpy(m, turned, sizeof turned);
        turn(t, 3, NODES * VECTORS, q.vectors);
        outputs_of(&p, &of_p);
        outputs_of(&q, &of_q);
        turn(t, 3, NODES * 2, of_p.vectors);
        check_same(of_q.scalars, of_p.scalars, NODES * 2, "scalars");
        check_same(of_q.vectors, of_p.vectors, NODES * 2 * 3, "vectors");
        problem_free(&p);
        problem_free(&q);
    }
}
END_TEST

/* A fixed metric of signs has lists of its own; they give what the general ones do. */
START_TEST(fixed_signs)
{
    const real base[] = {1, -1, 0, 1, -1};
    for (enum network network = 0; network < NETWORKS; network++) {
        struct problem p;
        struct outputs folded, general;
        struct error error = {0};
        problem_make(&p, network, 5, base, CLIFFORD_METRIC_FIXED, 31);
        ck_assert_uint_lt(p.plan.terms, 1024);
        outputs_of(&p, &folded);
        clifford_plan_free(&p.plan);
        ck_assert(clifford_plan_make(&p.plan, 5, NULL, &error));
        ck_assert_uint_eq(p.plan.terms, 1024);
        outputs_of(&p, &general);
        check_same(folded.scalars, general.scalars, NODES * 2, "scalars");
        check_same(folded.vectors, general.vectors, NODES * 2 * 5, "vectors");
        check_same(folded.pseudoscalars, general.pseudoscalars, NODES * 2, "pseudoscalars");
        problem_free(&p);
    }
}
END_TEST

/* The gradients of all parameters, one after the other; the loss is returned. */
static double gradients_of(struct problem *p, real *gradients)
{
    struct tape tape = {0};
    parameters_zero_gradient(&p->set);
    struct variable *loss = loss_of(&tape, &p->set, p);
    double value = (double)loss->value.data[0];
    tape_backward(&tape, loss);
    for (size_t i = 0; i < p->set.count; i++) {
        size_t count = tensor_count(&p->set.list[i]->value);
        memcpy(gradients, p->set.list[i]->gradient, count * sizeof *gradients);
        gradients += count;
    }
    tape_free(&tape);
    return value;
}

/* A CGMLP over a few samples at a time gives the loss and the gradients of all at once. */
START_TEST(piece_by_piece)
{
    const real base[] = {1, 2, -1};
    for (enum network network = NETWORK_MLP; network <= NETWORK_GNN; network++) {
        struct problem p;
        problem_make(&p, network, 3, base, CLIFFORD_METRIC_FULL, 41);
        size_t count = parameters_count(&p.set);
        real *whole = memory_alloc(count, sizeof *whole);
        real *pieces = memory_alloc(count, sizeof *pieces);
        double loss = gradients_of(&p, whole);
        for (size_t at_once = 1; at_once <= 3; at_once++) {
            p.mlp.at_once = at_once;
            for (size_t l = 0; l < p.gnn.options.layers; l++)
                p.gnn.edge[l].at_once = p.gnn.node[l].at_once = at_once;
            double of_pieces = gradients_of(&p, pieces);
            ck_assert(fabs(of_pieces - loss) <= 1e-12 * fabs(loss));
            check_same(pieces, whole, count, "gradients");
        }
        free(whole);
        free(pieces);
        problem_free(&p);
    }
}
END_TEST

static double deviation_of(const struct parameter *parameter)
{
    double sum = 0;
    size_t count = tensor_count(&parameter->value);
    for (size_t i = 0; i < count; i++)
        sum += (double)(parameter->value.data[i] * parameter->value.data[i]);
    return sqrt(sum / (double)count);
}

START_TEST(initial_values)
{
    struct clifford_plan plan;
    struct parameters set = {0};
    struct cgmlp mlp;
    struct multivector_product_layer mixing;
    struct error error = {0};
    struct rng rng = rng_make(1, RNG_TEST, 0);
    ck_assert(clifford_plan_make(&plan, 3, NULL, &error));
    ck_assert_uint_eq(plan.paths, 20);
    cgmlp_make(&mlp, &plan, &set, "m", 25, 100, 100, 1);
    multivector_product_layer_make(&mixing, &plan, &set, "mix", 16, 16, true, false);
    cgmlp_initialise(&mlp, &plan, &rng);
    multivector_product_layer_initialise(&mixing, &plan, &rng);
    const struct cgmlp_block *block = &mlp.block[0];
    ck_assert(fabs(deviation_of(block->linear.weight) - 0.2) < 0.01);
    ck_assert(fabs(deviation_of(block->product.weight) - 0.5) < 0.03);
    ck_assert(fabs(deviation_of(mixing.weight) - 0.125) < 0.01);
    ck_assert(deviation_of(block->linear.bias) == 0);
    ck_assert(deviation_of(block->product.normalise) == 0);
    ck_assert(deviation_of(block->silu.slope) == 1 && deviation_of(block->silu.shift) == 0);
    ck_assert(deviation_of(block->norm) == 1);
    ck_assert(!mixing.normalise && !mixing.right.bias && mixing.left.bias);
    ck_assert_ptr_nonnull(parameters_find(&set, "m.0.product.left.weight"));
    parameters_free(&set);
    clifford_plan_free(&plan);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("multivector_layers");
    TCase *cases = tcase_create("multivector_layers");
    tcase_add_test(cases, whole_gradient);
    tcase_add_test(cases, equivariance);
    tcase_add_test(cases, frames_do_not_matter);
    tcase_add_test(cases, fixed_signs);
    tcase_add_test(cases, piece_by_piece);
    tcase_add_test(cases, initial_values);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
