#include "latent/candidate.h"

#include "base/memory.h"
#include "geometry/exponential_map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char snowflake_prefix[] = "snowflake:";
enum { SNOWFLAKE_LAYERS = 1, SNOWFLAKE_WIDTH = 8 };

/* --- names --- */

/* The space below a name, and whether a snowflake stands over it. */
static bool parse_name(const char *name, struct space *space, bool *has_snowflake,
                       struct error *error)
{
    size_t length = sizeof snowflake_prefix - 1;
    *has_snowflake = true;
    if (strncmp(name, snowflake_prefix, length) == 0)
        return space_parse(space, name + length, 0, error);
    *has_snowflake = name[0] == 'f';
    if (!*has_snowflake)
        return space_parse(space, name, 0, error);
    char *below = memory_copy_string(name);
    below[0] = 'e';
    bool good = space_parse(space, below, 0, error);
    free(below);
    return good;
}

static bool parse_one(const char *text, size_t first, size_t length, char **name,
                      struct error *error)
{
    struct space space;
    struct error cause = {0};
    bool has_snowflake;
    *name = memory_format("%.*s", (int)length, text + first);
    if (parse_name(*name, &space, &has_snowflake, &cause))
        return true;
    bool good = error_set(error, EX_USAGE,
                          "spaces '%s': at character %zu: '%s' is no space; expected e, h, s or f "
                          "and a dimension from 1 on, such as e4, products such as h2xs2, or "
                          "snowflake:SPACE",
                          text, first + 1, *name);
    free(*name);
    return good;
}

/* Names tell branches apart, in parameters and in reports. */
static bool check_new(const char *text, char *const *names, size_t count, struct error *error)
{
    for (size_t i = 0; i + 1 < count; i++)
        if (strcmp(names[i], names[count - 1]) == 0)
            return error_set(error, EX_USAGE, "spaces '%s': '%s' stands twice", text, names[i]);
    return true;
}

bool candidates_parse(const char *text, char **names, size_t *count, struct error *error)
{
    *count = 0;
    bool good = true;
    for (size_t first = 0; good;) {
        size_t length = strcspn(text + first, ",");
        if (*count == CANDIDATES_MOST)
            good = error_set(error, EX_USAGE, "spaces '%s': more than %d", text, CANDIDATES_MOST);
        else
            good = parse_one(text, first, length, &names[*count], error);
        *count += good;
        good = good && check_new(text, names, *count, error);
        if (!text[first + length])
            break;
        first += length + 1;
    }
    for (size_t i = 0; !good && i < *count; i++)
        free(names[i]);
    return good;
}

/* --- parameters --- */

static struct parameter *add(struct parameters *set, const char *prefix, const char *name,
                             const char *part, size_t rows, size_t columns)
{
    char *full = memory_format("%s.%s.%s", prefix, name, part);
    struct parameter *parameter =
        columns ? parameters_add(set, full, 2, (const size_t[]){rows, columns})
                : parameters_add(set, full, 1, &rows);
    parameter->decays = false;
    free(full);
    return parameter;
}

void candidate_make(struct candidate *candidate, const char *name, const char *prefix,
                    size_t features, size_t hidden, bool directions, struct parameters *set)
{
    struct error error = {0};
    *candidate = (struct candidate){.name = memory_copy_string(name)};
    if (!parse_name(name, &candidate->space, &candidate->has_snowflake, &error))
        error_exit(&error);
    size_t dimension = space_dimension(&candidate->space);
    candidate->from_features = add(set, prefix, name, "from_features", dimension, features);
    if (hidden)
        candidate->from_hidden = add(set, prefix, name, "from_hidden", dimension, hidden);
    if (directions)
        candidate->scale = add(set, prefix, name, "scale", dimension, 0);
    candidate->log_radius = add(set, prefix, name, "log_radius", candidate->space.count, 0);
    candidate->log_temperature = add(set, prefix, name, "log_temperature", 1, 0);
    if (!candidate->has_snowflake)
        return;
    size_t first = set->count;
    snowflake_make(&candidate->snowflake, set, SNOWFLAKE_LAYERS, SNOWFLAKE_WIDTH);
    for (size_t i = first; i < set->count; i++) { /* one set has several snowflakes */
        char *full = memory_format("%s.%s.%s", prefix, name, set->list[i]->name);
        free(set->list[i]->name);
        set->list[i]->name = full;
        set->list[i]->decays = false;
    }
}

size_t candidate_parameters(const struct candidate *candidate, struct parameter **list)
{
    size_t count = 0;
    list[count++] = candidate->from_features;
    if (candidate->from_hidden)
        list[count++] = candidate->from_hidden;
    if (candidate->scale)
        list[count++] = candidate->scale;
    list[count++] = candidate->log_radius;
    list[count++] = candidate->log_temperature;
    if (!candidate->has_snowflake)
        return count;
    const struct snowflake *snowflake = &candidate->snowflake;
    for (size_t l = 0; l < snowflake->layers; l++) {
        list[count++] = snowflake->expansion[l];
        list[count++] = snowflake->contraction[l];
        list[count++] = snowflake->mixture[l];
        list[count++] = snowflake->exponents[l];
    }
    list[count++] = snowflake->power;
    return count;
}

/* --- on the tape --- */

struct variable *candidate_vectors(const struct candidate *candidate, struct tape *tape,
                                   const struct feature_matrix *features, struct variable *hidden,
                                   const struct propagation *over)
{
    struct variable *v = feature_matrix_product(
        features, tape, tape_parameter(tape, candidate->from_features), NULL, 0, NULL);
    if (over)
        v = tape_sparse_multiply(tape, &over->matrix, &over->transpose, v);
    if (candidate->from_hidden && hidden)
        v = tape_add(tape, v,
                     tape_linear(tape, hidden, tape_parameter(tape, candidate->from_hidden), NULL,
                                 ACTIVATION_NONE));
    return v;
}

/*
 * Vectors moved by next to nothing along the last axis, which counts least in the start: items
 * without a word then point there and are far from all others. At the origin they would be nearer
 * to most items than these are to each other, and be listed by a thousand of them.
 */
static struct variable *off_the_origin(struct tape *tape, struct variable *vectors)
{
    size_t dimension = tensor_columns(&vectors->value);
    real *shift = arena_zeroed(&tape->arena, dimension, sizeof *shift);
    shift[dimension - 1] = (real)1e-4;
    return tape_add(tape, vectors, tape_constant(tape, tensor_vector(shift, dimension)));
}

struct variable *candidate_points(const struct candidate *candidate, struct tape *tape,
                                  struct variable *vectors)
{
    const real tiny = (real)1e-12;
    if (candidate->scale)
        vectors = tape_rms_norm(tape, off_the_origin(tape, vectors),
                                tape_parameter(tape, candidate->scale), tiny);
    return space_exponential(tape, &candidate->space, vectors);
}

struct variable *candidate_log_probabilities(const struct candidate *candidate, struct tape *tape,
                                             struct variable *points, const uint32_t *source,
                                             const uint32_t *target, size_t count)
{
    struct variable *distances =
        space_pair_distances(tape, &candidate->space, points,
                             tape_parameter(tape, candidate->log_radius), source, target, count);
    if (candidate->has_snowflake)
        distances = snowflake_apply(tape, &candidate->snowflake, distances);
    struct variable *temperature =
        tape_function(tape, tape_parameter(tape, candidate->log_temperature), FUNCTION_EXPONENTIAL);
    struct variable *squares = tape_function(tape, distances, FUNCTION_SQUARE);
    return tape_affine(tape, tape_multiply(tape, squares, temperature), -1, 0);
}

struct neighbour_search candidate_search(const struct candidate *candidate)
{
    return (struct neighbour_search){
        .space = &candidate->space,
        .log_radius = candidate->log_radius->value.data,
        .snowflake = candidate->has_snowflake ? &candidate->snowflake : NULL,
        .temperature = exp((double)candidate->log_temperature->value.data[0])};
}

void candidate_free(struct candidate *candidate)
{
    free(candidate->name);
    *candidate = (struct candidate){0};
}
