/*
 * Candidate spaces: the geometries among which latent graph inference chooses. Each has coordinates
 * for the items, learned from their features, and the temperature of its edges:
 *
 *     z_i = exp_0(v_i),   v_i = P x_i [+ Q h_i],   log p_ij = -t d(z_i, z_j)^2,   t = exp(log t)
 *
 * with P (dimension, features), and Q (dimension, hidden) in layers after the first, where h is
 * what the layer before gave. Where only directions count, as of counted words, v_i is divided by
 * its length, and each of its coordinates gets a learned scale. Written as a space of
 * geometry/space.h, "e4", "h2xs2"; or "f4", a neural snowflake over the distances of e4, and
 * "snowflake:h4" over those of another space.
 */
#ifndef TESSERAE_LATENT_CANDIDATE_H
#define TESSERAE_LATENT_CANDIDATE_H

#include "geometry/snowflake.h"
#include "geometry/space_neighbours.h"
#include "graph/propagation.h"
#include "nn/feature_matrix.h"

enum { CANDIDATES_MOST = 16 };

/* Its parameters are those of a set; the struct must not move, since ops refer to its space. */
struct candidate {
    char *name; /* as it was written */
    struct space space;
    bool has_snowflake;
    struct snowflake snowflake;
    struct parameter *from_features;   /* P */
    struct parameter *from_hidden;     /* Q, or NULL */
    struct parameter *scale;           /* (dimension), of directions; or NULL */
    struct parameter *log_radius;      /* (factors) */
    struct parameter *log_temperature; /* (1) */
};

/*
 * Splits "e4,h4,f4" into names, at most CANDIDATES_MOST and none twice: names (count), each to be
 * freed. EX_USAGE names the character where something does not parse.
 */
bool candidates_parse(const char *text, char **names, size_t *count, struct error *error);

/*
 * Adds a candidate's parameters under "PREFIX.NAME." to a set. The name must be one that
 * candidates_parse gave. hidden is 0 in the first layer. directions: whether only those of v count.
 * Free with candidate_free.
 */
void candidate_make(struct candidate *candidate, const char *name, const char *prefix,
                    size_t features, size_t hidden, bool directions, struct parameters *set);

/*
 * v: X P^T [+ h Q^T], before directions are taken and the exponential map: (rows, dimension). With
 * `over`, X P^T is propagated by it.
 */
struct variable *candidate_vectors(const struct candidate *candidate, struct tape *tape,
                                   const struct feature_matrix *features, struct variable *hidden,
                                   const struct propagation *over);

/* The points z of vectors: (rows, columns of the space). */
struct variable *candidate_points(const struct candidate *candidate, struct tape *tape,
                                  struct variable *vectors);

/* log p of pairs of points: (count). The lists must outlive the backward pass. */
struct variable *candidate_log_probabilities(const struct candidate *candidate, struct tape *tape,
                                             struct variable *points, const uint32_t *source,
                                             const uint32_t *target, size_t count);

/* A search among this candidate's points; no noise unless it is set. */
struct neighbour_search candidate_search(const struct candidate *candidate);

/* The number of its parameters, and the i-th of them. */
size_t candidate_parameters(const struct candidate *candidate, struct parameter **list);
enum { CANDIDATE_MOST_PARAMETERS = 6 + 4 * SNOWFLAKE_MOST_LAYERS };

void candidate_free(struct candidate *candidate);

#endif
