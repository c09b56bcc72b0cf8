/*
 * Models of multivectors: scalars and vectors in, scalars, vectors and pseudoscalars out, all of it
 * equivariant under the isometries of a metric that is fixed or learned.
 *
 *   Clouds go through a perceptron: products of multivectors one after the other, either channel by
 *   channel behind one linear layer (as the published network for convex hulls), or fully connected
 *   with gates between them (as that for signed volumes).
 *   Graphs go through message passing (CGGNN) over all pairs of nodes, as that for n bodies.
 *
 * Vectors and pseudoscalars are grades of channels of the result. Scalars come from a plain
 * perceptron over the invariants of all channels: x_1 and sgn(q_k) |q_k|^(1/2) of every grade.
 */
#ifndef TESSERAE_MULTIVECTOR_MULTIVECTOR_MODEL_H
#define TESSERAE_MULTIVECTOR_MULTIVECTOR_MODEL_H

#include "base/report.h"
#include "io/model_file.h"
#include "multivector/multivector_batch.h"
#include "nn/mlp.h"

enum multivector_network { NETWORK_CGMLP, NETWORK_CGGNN };
enum multivector_products { PRODUCTS_CHANNELS, PRODUCTS_MIXED };
enum { MULTIVECTOR_MOST_LAYERS = 8, MULTIVECTOR_MOST_CHANNELS = 1024 };

/* "cgmlp", "cggnn"; "channels", "mixed"; "fixed", "learn", "learn-full"; NULL-terminated. */
extern const char *const multivector_network_names[];
extern const char *const multivector_products_names[];
extern const char *const multivector_metric_names[];

struct multivector_model_options {
    struct sample_shape shape;
    int network;         /* enum multivector_network */
    int products;        /* enum multivector_products; of a perceptron */
    int metric;          /* enum clifford_metric_kind */
    double base[CLIFFORD_MOST_DIMENSIONS]; /* (n): the metric, or where learning starts */
    size_t base_count;   /* n */
    size_t channels, layers;
    size_t head_width, head_layers; /* hidden layers of the perceptron over invariants */
    bool places;         /* graphs: the first vector of a node is a place (multivector_batch.h) */
};

/*
 * What suits a shape: the Euclidean metric; graphs a CGGNN of 3 layers of 28 channels, clouds with
 * scalar targets 4 products of 32 channels, other clouds 2 mixed ones of 32; a head of one hidden
 * layer as wide as the channels; places where nodes have vectors as targets.
 */
struct multivector_model_options multivector_model_options_for(const struct sample_shape *shape);

struct multivector_model {
    struct multivector_model_options options;
    struct parameters set;
    struct clifford_plan plan;
    struct clifford_metric metric;
    struct sample_scales scales;
    struct multivector_linear embed, project;
    struct multivector_product_layer product[MULTIVECTOR_MOST_LAYERS];
    struct multivector_silu silu[MULTIVECTOR_MOST_LAYERS];
    struct cggnn gnn;
    struct mlp head;
    size_t hidden; /* channels that the head reads invariants of; 0 without scalar targets */
};

/*
 * Lays a model out; EX_USAGE for options that do not go together. multivector_model_free, also on
 * failure. A model must not be moved once it is made.
 */
bool multivector_model_make(struct multivector_model *model,
                            const struct multivector_model_options *options, struct error *error);
void multivector_model_free(struct multivector_model *model);

/* Draws the parameters, as published; scales stay as they are. */
void multivector_model_initialise(struct multivector_model *model, uint64_t seed);

/*
 * The outputs for a batch on the tape, in the network's units: for each kind of target
 * (values, features), or NULL where there is none.
 */
struct multivector_outputs {
    struct variable *part[SAMPLE_PARTS];
};
struct multivector_outputs multivector_model_apply(struct tape *tape,
                                                   const struct multivector_model *model,
                                                   const struct multivector_batch *batch);

/* The mean squared error over all targets of the batch, in the network's units: a scalar. */
struct variable *multivector_model_loss(struct tape *tape, const struct multivector_model *model,
                                        const struct multivector_batch *batch);

/*
 * Predicts the targets of all samples of the data into those of predictions, at most `chunk`
 * samples at a time, of large graphs fewer. The data need no targets.
 */
void multivector_model_predict(const struct multivector_model *model,
                               const struct multivector_data *data, size_t chunk,
                               struct multivector_data *predictions);

/* What value j of a sample's targets of a kind is divided by for the network. */
double multivector_target_scale(const struct multivector_model *model, enum sample_part part,
                                size_t j);

/* Whether samples of a shape can be predicted: targets aside they must be as the model's. */
bool multivector_model_takes(const struct multivector_model *model,
                             const struct sample_shape *shape);

/* --- files; multivector_model_file.c --- */

/* As safetensors; "kind" is "tesserae multivector". */
bool multivector_model_write(const struct multivector_model *model, struct output *output,
                             struct error *error);
bool multivector_model_load(struct multivector_model *model, const char *path,
                            struct error *error);

/* Puts metric, eigenvalues, their axes and the signature into a report's metrics. */
void multivector_model_report_metric(const struct multivector_model *model, struct report *report);

#endif
