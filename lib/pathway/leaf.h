/*
 * Leaf: one small multilayer perceptron with ReLU or PReLU, and all that it needs to be used alone:
 * the scales of its inputs and target, and the range that its predictions are clipped to,
 *
 *     h_0 = (x - mean) / scale,  h_l = act(W_l h_l-1 + b_l),  y = clip(mean_y + scale_y (W h + b)),
 *
 * or, where the target is a label, the logits W h + b. The seed that leaves start from is one, too.
 *
 * All numbers of a leaf stand in one block of reals, in the order of its parts; in its file, too,
 * so that a file's data can be read into a block as they are.
 */
#ifndef TESSERAE_PATHWAY_LEAF_H
#define TESSERAE_PATHWAY_LEAF_H

#include "base/sha256.h"
#include "graph/names.h"
#include "io/model_file.h"
#include "io/rows.h"
#include "tensor/real.h"

enum {
    LEAF_MOST_HIDDEN = 7, /* layers */
    LEAF_MOST_PARTS = 5 + 3 * (LEAF_MOST_HIDDEN + 1),
    LEAF_BLOCK = 4        /* rows that are computed together */
};

struct leaf_shape {
    size_t inputs, outputs;          /* outputs: 1, or the number of classes */
    size_t hidden_count;             /* layers, 0 is an affine map */
    size_t hidden[LEAF_MOST_HIDDEN]; /* their widths */
    bool prelu;
    bool labels;                     /* whether the outputs are logits */
};

/* A named tensor within the block of a leaf. */
struct leaf_part {
    char name[40];
    int dimensions;
    size_t shape[2];
    size_t first, count; /* its place in the block */
};

/* The parts in their order; returns how many. */
size_t leaf_parts(const struct leaf_shape *shape, struct leaf_part parts[LEAF_MOST_PARTS]);

/* The reals of a block; of them, those that are learned (the paper's parameters). */
size_t leaf_values(const struct leaf_shape *shape);
size_t leaf_parameters(const struct leaf_shape *shape);

bool leaf_same_shape(const struct leaf_shape *a, const struct leaf_shape *b);

/* "64,64 prelu", for messages; free() it. */
char *leaf_shape_text(const struct leaf_shape *shape);

/* Where in a block the parts are that others set. */
struct leaf_view {
    real *input_mean, *input_scale;   /* (inputs) */
    real *target_mean, *target_scale; /* (1); NULL of labels */
    real *clip;                       /* (2): lowest and highest prediction; NULL of labels */
    real *network;                    /* weight, bias, slope of each layer */
};
struct leaf_view leaf_view(const struct leaf_shape *shape, real *block);

/* Reals of scratch that leaf_apply needs. */
size_t leaf_scratch(const struct leaf_shape *shape);

/*
 * outputs (rows, outputs) of inputs x (rows, inputs) as they stood in the file. The bits of a row's
 * output do not depend on the rows beside it.
 */
void leaf_apply(const struct leaf_shape *shape, const real *block, const real *x, size_t rows,
                real *scratch, real *outputs);

/* logits (rows, classes) become probabilities. */
void leaf_softmax(real *logits, size_t rows, size_t classes);

/*
 * Where a leaf comes from: when all of this is the same, so are its bytes. Texts are the struct's.
 */
struct leaf_origin {
    size_t leaf;             /* its number */
    char *router;            /* router_leaf_hash, or "" */
    char *cell;              /* SHA-256 of the file of its rows, or "" */
    char *halo;              /* of those of its halo, or "" */
    char *start;             /* leaf_hash of what it started from, or "" */
    char *options;           /* leaf_options_text */
    size_t seed;
};

struct leaf_origin leaf_origin_copy(const struct leaf_origin *origin);
void leaf_origin_free(struct leaf_origin *origin);

/* What differs, in words, or NULL when nothing does. */
const char *leaf_origin_difference(const struct leaf_origin *a, const struct leaf_origin *b);

struct leaf {
    struct leaf_shape shape;
    struct row_columns columns; /* names of inputs and target */
    struct names classes;
    struct leaf_origin origin;
    size_t rows, holdout_rows;
    double start_loss, holdout_loss; /* on the rows held out; 0 where there are none */
    bool kept;                  /* the start was not improved, and stayed */
    real *block;                /* (leaf_values) */
};

void leaf_free(struct leaf *leaf);

/* A hash of its shape and block. */
void leaf_hash(const struct leaf *leaf, char text[SHA256_TEXT]);

extern const struct model_kind leaf_kind;

/* To and from safetensors. A damaged block (its checksum) is EX_DATAERR, like all that is wrong. */
void leaf_describe(const struct leaf *leaf, struct safetensors *file);
bool leaf_load(struct leaf *leaf, const struct safetensors *file, const char *place,
               struct error *error);
bool leaf_load_file(struct leaf *leaf, const char *path, struct error *error);

/* Writes the file; path NULL is standard output. Not by two threads at a time. */
bool leaf_save(const struct leaf *leaf, const char *path, struct error *error);

/*
 * As leaf_load_file without the block, which stays NULL: tells where the block begins in the file
 * and its checksum (crc32 of zlib), for those who read it later.
 */
bool leaf_load_head(struct leaf *leaf, const char *path, size_t *offset, uint32_t *checksum,
                    struct error *error);

/* The checksum of a block of so many bytes. */
uint32_t leaf_checksum(const void *block, size_t bytes);

#endif
