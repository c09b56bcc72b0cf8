#include "graph/point_graphs.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

const char *const point_distribution_names[] = {"normal", "ball", "cube", NULL};

const char *const point_weight_names[] = {
    "euclidean",     "sqrt",    "squared",  "log",            "sqrt-log", "root-log",
    "rational-sqrt", "exp-log", "rational", "rational-roots", NULL};

/* A normal direction, and a radius whose dim-th power is uniform. */
static void sample_in_ball(float *point, size_t dim, struct rng *rng)
{
    double squares = 0;
    rng_fill_normal(rng, point, dim, 1);
    for (size_t i = 0; i < dim; i++)
        squares += (double)point[i] * (double)point[i];
    double scale = pow(rng_uniform(rng), 1 / (double)dim) / sqrt(squares);
    for (size_t i = 0; i < dim; i++)
        point[i] = (float)(scale * (double)point[i]);
}

void points_sample(float *points, size_t count, size_t dim, enum point_distribution distribution,
                   struct rng *rng)
{
    switch (distribution) {
    case POINTS_NORMAL: rng_fill_normal(rng, points, count * dim, 1); break;
    case POINTS_CUBE: rng_fill_uniform(rng, points, count * dim, 0, 1); break;
    case POINTS_BALL:
        for (size_t i = 0; i < count; i++)
            sample_in_ball(points + i * dim, dim, rng);
        break;
    }
}

/* 1 - exp(-(t - 1) / log t); log1p keeps the quotient exact near its limit 1 at t = 1. */
static double exp_log_weight(double t)
{
    if (t == 0)
        return 0;
    double excess = t - 1;
    double quotient = excess == 0 ? 1 : excess / log1p(excess);
    return -expm1(-quotient);
}

double point_weight(enum point_weight weight, double t)
{
    switch (weight) {
    case WEIGHT_EUCLIDEAN: return t;
    case WEIGHT_SQRT: return sqrt(t);
    case WEIGHT_SQUARED: return t * t;
    case WEIGHT_LOG: return log1p(t);
    case WEIGHT_SQRT_LOG: return sqrt(t * log1p(t));
    case WEIGHT_ROOT_LOG: return pow(t, 0.1) * pow(log1p(t), 0.9);
    case WEIGHT_RATIONAL_SQRT: return sqrt(t) / (1 + sqrt(t));
    case WEIGHT_EXP_LOG: return exp_log_weight(t);
    case WEIGHT_RATIONAL: return t / (1 + t);
    case WEIGHT_RATIONAL_ROOTS: return 1 - 1 / (1 + pow(t, 0.2) + sqrt(t));
    }
    return (double)NAN;
}

static double distance(const float *a, const float *b, size_t dim)
{
    double squares = 0;
    for (size_t i = 0; i < dim; i++) {
        double difference = (double)a[i] - (double)b[i];
        squares += difference * difference;
    }
    return sqrt(squares);
}

void generate_metric(struct edge_list *list, const float *points, size_t count, size_t dim,
                     enum point_weight weight)
{
    list->nodes = count;
    list->weighted = true;
    for (size_t v = 0; v < count; v++)
        for (size_t w = v + 1; w < count; w++) {
            double t = distance(points + v * dim, points + w * dim, dim);
            edge_list_add(list, v, w, (float)point_weight(weight, t));
        }
}

struct swept_point {
    float first;  /* its first coordinate */
    uint32_t node;
};

static int compare_points(const void *left, const void *right)
{
    const struct swept_point *a = left;
    const struct swept_point *b = right;
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    return (a->node > b->node) - (a->node < b->node);
}

void generate_geometric(struct edge_list *list, const float *points, size_t count, size_t dim,
                        double radius, const enum point_weight *weight)
{
    list->nodes = count;
    list->weighted = weight != NULL;
    struct swept_point *order = memory_alloc(count, sizeof *order);
    for (size_t v = 0; v < count; v++)
        order[v] = (struct swept_point){points[v * dim], (uint32_t)v};
    qsort(order, count, sizeof *order, compare_points);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            if ((double)order[j].first - (double)order[i].first > radius)
                break;
            size_t v = order[i].node;
            size_t w = order[j].node;
            double t = distance(points + v * dim, points + w * dim, dim);
            if (t <= radius)
                edge_list_add(list, v < w ? v : w, v < w ? w : v,
                              weight ? (float)point_weight(*weight, t) : 1);
        }
    }
    free(order);
}

void weigh_edges(struct edge_list *list, const float *points, size_t dim,
                 enum point_weight weight)
{
    list->weighted = true;
    for (size_t i = 0; i < list->count; i++) {
        struct edge *edge = &list->edges[i];
        double t = distance(points + edge->source * dim, points + edge->target * dim, dim);
        edge->weight = (float)point_weight(weight, t);
    }
}

double geometric_radius(size_t count, size_t dim, double degree)
{
    double k = (double)dim;
    double log_ball = k / 2 * log(3.14159265358979323846) - lgamma(k / 2 + 1);
    return exp((log(degree / (double)count) - log_ball) / k);
}
