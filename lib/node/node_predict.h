/*
 * Prediction of a whole graph by a node classifier, one stage after the other, so that of all the
 * intermediate results only those of one stage are held.
 */
#ifndef TESSERAE_NODE_NODE_PREDICT_H
#define TESSERAE_NODE_NODE_PREDICT_H

#include "node/node_classifier.h"
#include "node/node_data.h"

/*
 * Is told the result of a stage, h (nodes, width), which is only lent.
 */
typedef void node_stage_seen(void *context, size_t stage, const real *h, size_t nodes,
                             size_t width);

/*
 * The logits (nodes, outputs) of all nodes; free() them. `seen` may be NULL. Features are read
 * block by block unless the data keep them. NULL only when they cannot be read.
 */
real *node_predict(const struct node_classifier *model, const struct node_data *data,
                   const struct propagation *propagation, node_stage_seen *seen, void *context,
                   struct error *error);

/* What became of the features in a stage. */
struct stage_diagnosis {
    double energy;     /* Dirichlet: tr(H^T (I - A) H) / |H|^2, A = D^-1/2 (A + s I) D^-1/2; 0 where
                          the nodes of every component are alike but for the roots of their
                          degrees */
    double spread;     /* |H - its mean over the nodes|^2 / |H|^2; 0 where all nodes are alike */
    double mix_alpha;  /* mean |alpha_1| and |alpha_2| of the block; NaN where there is none */
    double feed_alpha;
};

/* Diagnoses every stage: (stages), to be freed; NULL as node_predict. s is that of the network. */
struct stage_diagnosis *node_diagnose(const struct node_classifier *model,
                                      const struct node_data *data,
                                      const struct propagation *propagation, real self_loop,
                                      struct error *error);

/* Writes them as CSV stage,energy,spread,mix_alpha,feed_alpha. */
bool node_diagnosis_write(const char *path, const struct stage_diagnosis *stages, size_t count,
                          struct error *error);

#endif
