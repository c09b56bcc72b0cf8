/*
 * Random numbers: the counter-based generator Philox4x32-10 (Salmon et al., "Parallel random
 * numbers: as easy as 1, 2, 3", SC 2011).
 *
 * A generator is a seed, a stream and a position; the n-th number of a stream does not depend on
 * who asked for the others. Give every purpose (initial values, sampling of pairs, noise) a stream
 * of its own, and every parallel piece of work a sub-stream, and results do not depend on the
 * order of work.
 */
#ifndef TESSERAE_BASE_RNG_H
#define TESSERAE_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng {
    uint64_t seed;
    uint64_t stream;
    uint64_t position;  /* blocks of four words drawn so far */
    uint32_t words[4];  /* the current block */
    unsigned left;      /* words of the block not yet used */
    float spare_normal; /* second value of the last Box-Muller pair */
    unsigned has_spare;
};

/* The purposes that have a stream; add yours here so that no two share one. */
enum rng_purpose {
    RNG_GENERATOR = 1, /* graph and data generators */
    RNG_INITIAL,       /* initial parameters */
    RNG_PAIRS,         /* sampling of training pairs */
    RNG_SPLIT,         /* held-out data */
    RNG_LANDMARKS,     /* sources of shortest paths */
    RNG_NOISE,         /* diffusion noise, dropout */
    RNG_TEST,          /* tests and benchmarks */
    RNG_TRAVERSAL,     /* order of children in depth-first traversals */
    RNG_PERTURBATIONS, /* fixed perturbations of smoothed scores */
    RNG_ESTIMATOR,     /* points drawn to stand for the rest */
    RNG_CLUSTERS,      /* starts of k-means, rows it learns from */
    RNG_HIDDEN_MAP,    /* the map that points are seen through */
    RNG_BATCHES,       /* partitions of nodes into batches, rows of a training step */
    RNG_NEIGHBOURS,    /* sampling of neighbours */
    RNG_ISOMETRIES,    /* isometries that equivariance is tried with */
    RNG_SAMPLE,        /* reservoirs: samples of streams */
    RNG_EDGES          /* edges drawn by their probabilities */
};

/* The generator of a purpose; `index` tells apart repetitions, threads or rows. */
struct rng rng_make(uint64_t seed, enum rng_purpose purpose, uint32_t index);

uint32_t rng_bits(struct rng *rng);
uint64_t rng_bits64(struct rng *rng);

/* Uniform in [0, 1), with 53 random bits. */
double rng_uniform(struct rng *rng);

/* Standard normal (Box-Muller). */
double rng_normal(struct rng *rng);

/* Uniform integer in [0, bound), without bias; bound > 0. */
uint64_t rng_below(struct rng *rng, uint64_t bound);

/* A uniformly random order of the count elements of size bytes each (Fisher-Yates). */
void rng_shuffle(struct rng *rng, void *elements, size_t count, size_t size);

/* count values, uniform in [low, high) or normal with the given deviation. */
void rng_fill_uniform(struct rng *rng, float *values, size_t count, float low, float high);
void rng_fill_normal(struct rng *rng, float *values, size_t count, float deviation);

#endif
