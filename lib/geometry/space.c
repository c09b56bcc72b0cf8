#include "geometry/space.h"

#include "base/memory.h"
#include "geometry/hyperbolic.h"
#include "geometry/spherical.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DIMENSION = 512 };

static bool add_factor(struct space *space, enum factor_kind kind, size_t dimension)
{
    size_t columns = dimension + (kind == FACTOR_SPHERICAL);
    if (space->count == SPACE_MOST_FACTORS || dimension == 0 || dimension > MOST_DIMENSION ||
        space->columns + columns > MANIFOLD_MOST_COLUMNS)
        return false;
    space->factors[space->count++] = (struct factor){.kind = kind,
                                                     .dimension = dimension,
                                                     .first_column = space->columns,
                                                     .columns = columns};
    space->columns += columns;
    return true;
}

static const char kind_letters[] = "ehs";

bool space_parse(struct space *space, const char *text, size_t dimension, struct error *error)
{
    static const char *const names[] = {"euclidean", "hyperbolic", "spherical"};
    *space = (struct space){0};
    for (int kind = 0; kind < 3; kind++)
        if (strcmp(text, names[kind]) == 0 ||
            (text[0] == kind_letters[kind] && text[1] == '\0'))
            return add_factor(space, (enum factor_kind)kind, dimension) ||
                   error_set(error, EX_USAGE, "geometry '%s': the dimension must be from 1 to %d",
                             text, MOST_DIMENSION);
    const char *at = text;
    do {
        const char *letter = *at ? strchr(kind_letters, *at) : NULL;
        char *end = NULL;
        unsigned long value =
            letter && isdigit((unsigned char)at[1]) ? strtoul(at + 1, &end, 10) : 0;
        if (!value || (*end && *end != 'x') ||
            !add_factor(space, (enum factor_kind)(letter - kind_letters), value))
            return error_set(error, EX_USAGE,
                             "geometry '%s': at character %zu: expected e, h or s and a dimension "
                             "from 1 to %d (as in h2xs2xe4), or a name (euclidean, hyperbolic, "
                             "spherical, snowflake)",
                             text, (size_t)(at - text) + 1, MOST_DIMENSION);
        at = *end ? end + 1 : NULL;
    } while (at);
    return true;
}

char *space_notation(const struct space *space)
{
    char text[SPACE_MOST_FACTORS * 8] = "";
    for (size_t f = 0; f < space->count; f++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%c%zu", f ? "x" : "",
                 kind_letters[space->factors[f].kind], space->factors[f].dimension);
    }
    return memory_copy_string(text);
}

size_t space_dimension(const struct space *space)
{
    size_t dimension = 0;
    for (size_t f = 0; f < space->count; f++)
        dimension += space->factors[f].dimension;
    return dimension;
}

static void gradient_in_frame(const struct manifold *self, const real *point, const real *gradient,
                              real *frame)
{
    const struct space *space = ((const struct space_manifold *)self)->space;
    for (size_t f = 0; f < space->count; f++) {
        const struct factor *factor = &space->factors[f];
        size_t first = factor->first_column, n = factor->columns;
        switch (factor->kind) {
        case FACTOR_EUCLIDEAN: memcpy(frame + first, gradient + first, n * sizeof *frame); break;
        case FACTOR_HYPERBOLIC: hyperbolic_frame(point + first, gradient + first, n, frame + first);
            break;
        case FACTOR_SPHERICAL: spherical_project(point + first, gradient + first, n, frame + first);
            break;
        }
    }
}

/* The part of a step that belongs to one factor, shortened where the radius is large. */
static void move_in_factor(const struct factor *factor, double radius, real *x, const real *step)
{
    real shortened[MANIFOLD_MOST_COLUMNS];
    double scale = factor->kind != FACTOR_EUCLIDEAN && radius > 1 ? 1 / radius : 1;
    for (size_t j = 0; j < factor->columns; j++)
        shortened[j] = (real)((double)step[j] * scale);
    switch (factor->kind) {
    case FACTOR_EUCLIDEAN:
        for (size_t j = 0; j < factor->columns; j++)
            x[j] += shortened[j];
        break;
    case FACTOR_HYPERBOLIC: hyperbolic_move(x, shortened, factor->columns); break;
    case FACTOR_SPHERICAL: spherical_move(x, shortened, factor->columns); break;
    }
}

static void move(const struct manifold *self, real *point, const real *step)
{
    const struct space_manifold *manifold = (const struct space_manifold *)self;
    const struct space *space = manifold->space;
    for (size_t f = 0; f < space->count; f++) {
        size_t first = space->factors[f].first_column;
        double radius = manifold->log_radius ? exp((double)manifold->log_radius[f]) : 1;
        move_in_factor(&space->factors[f], radius, point + first, step + first);
    }
}

void space_manifold_make(struct space_manifold *manifold, const struct space *space,
                         const real *log_radius)
{
    manifold->manifold = (struct manifold){
        .columns = space->columns, .gradient_in_frame = gradient_in_frame, .move = move};
    manifold->space = space;
    manifold->log_radius = log_radius;
}

void space_random_points(const struct space *space, struct rng *rng, real spread, real *points,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        real *point = points + i * space->columns;
        for (size_t f = 0; f < space->count; f++) {
            const struct factor *factor = &space->factors[f];
            real *x = point + factor->first_column;
            real deviation = spread / (real)sqrt((double)factor->dimension);
            for (size_t j = 0; j < factor->columns; j++)
                x[j] = deviation * (real)rng_normal(rng);
            if (factor->kind == FACTOR_SPHERICAL) {
                x[0] += 1; /* about the pole */
                spherical_normalise(x, factor->columns);
            }
        }
    }
}

void space_display_points(const struct space *space, real *points, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t f = 0; f < space->count; f++) {
            const struct factor *factor = &space->factors[f];
            real *x = points + i * space->columns + factor->first_column;
            if (factor->kind == FACTOR_HYPERBOLIC)
                hyperbolic_to_poincare(x, factor->columns);
            else if (factor->kind == FACTOR_SPHERICAL)
                spherical_normalise(x, factor->columns);
        }
    }
}
