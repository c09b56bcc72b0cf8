/*
 * Graph embedding: nodes as points of a space whose distances, passed through a neural snowflake
 * where one is wanted, reproduce the distances of a graph.
 *
 * The encoder is a table (free coordinates for every node) or an MLP over node features, which
 * places nodes that it has never seen.
 */
#ifndef TESSERAE_EMBEDDING_GRAPH_EMBEDDING_H
#define TESSERAE_EMBEDDING_GRAPH_EMBEDDING_H

#include "geometry/snowflake.h"
#include "geometry/space.h"
#include "graph/names.h"
#include "nn/mlp.h"

struct graph_embedding_options {
    const char *geometry;     /* a space, "snowflake", or "snowflake:SPACE" */
    size_t dimension;         /* for names without one */
    size_t nodes;
    size_t features;          /* columns of the node features; 0: free coordinates */
    size_t hidden[MLP_MOST_LAYERS]; /* sizes of the encoder's hidden layers */
    size_t hidden_count;
    size_t snowflake_layers;
    size_t snowflake_width;
    bool metric;              /* p = 0: f(dist) obeys the triangle inequality */
};

struct graph_embedding {
    struct space space;
    bool has_snowflake;
    bool has_encoder;
    size_t nodes;
    size_t features;
    struct snowflake snowflake;
    struct mlp encoder;
    struct parameter *points;     /* (nodes, columns), when there is no encoder */
    struct parameter *log_radius; /* (factors) */
    struct space_manifold manifold;
    struct parameters set;        /* owns all of the above */
    size_t hidden[MLP_MOST_LAYERS];
    size_t hidden_count;
    bool metric;
};

/*
 * Lays out the model; EX_USAGE when the geometry does not parse. It must not move in memory
 * afterwards. Free with graph_embedding_free, also on failure.
 */
bool graph_embedding_make(struct graph_embedding *model,
                          const struct graph_embedding_options *options, struct error *error);

/* "h10", "snowflake:e2"; the caller frees it. */
char *graph_embedding_geometry(const struct graph_embedding *model);

/* Random points about the origin, a random encoder, and the snowflake's start. */
void graph_embedding_initialise(struct graph_embedding *model, enum snowflake_start start,
                                struct rng *rng);

/* The points of all nodes (nodes, columns); features (nodes, features) or NULL. */
struct variable *graph_embedding_points(const struct graph_embedding *model, struct tape *tape,
                                        struct variable *features);

/* The embedded distances of pairs (count). */
struct variable *graph_embedding_distances(const struct graph_embedding *model, struct tape *tape,
                                           struct variable *points, const uint32_t *source,
                                           const uint32_t *target, size_t count);

/*
 * Multiplies all embedded distances by a factor, exactly, by changing parameters: Euclidean
 * coordinates, radii, or the snowflake's last weights.
 */
void graph_embedding_scale(struct graph_embedding *model, double factor);

/* Writes model and names; the metadata hold all that graph_embedding_load needs. */
bool graph_embedding_save(const struct graph_embedding *model, const struct names *names,
                          const char *path, struct error *error);

/* Reads a model that graph_embedding_save wrote, and its names (names_free them). */
bool graph_embedding_load(struct graph_embedding *model, struct names *names, const char *path,
                          struct error *error);

void graph_embedding_free(struct graph_embedding *model);

#endif
