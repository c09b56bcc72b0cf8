/* Trained node classifiers in files: the network, its classes, and what it takes a graph for. */
#ifndef TESSERAE_NODE_NODE_CLASSIFIER_FILE_H
#define TESSERAE_NODE_NODE_CLASSIFIER_FILE_H

#include "node/node_classifier.h"
#include "node/node_data.h"

/* Free with trained_classifier_free. */
struct trained_classifier {
    struct node_classifier model;
    struct names classes;         /* (outputs) */
    bool several;                 /* labels that do not exclude each other */
    bool directed;                /* how edges are read */
    double self_loop;             /* s of the propagation */
    enum feature_scaling scaling; /* of the features */
};

bool trained_classifier_save(const struct trained_classifier *trained, const char *path,
                             struct error *error);

/* EX_NOINPUT without a file, EX_DATAERR for what is no such model or is damaged. */
bool trained_classifier_load(struct trained_classifier *trained, const char *path,
                             struct error *error);

void trained_classifier_free(struct trained_classifier *trained);

#endif
