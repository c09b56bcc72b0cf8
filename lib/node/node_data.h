/*
 * Node data: a graph, features of its nodes, and what is known of their classes, read together so
 * that all three agree on which nodes there are: those that have features.
 */
#ifndef TESSERAE_NODE_NODE_DATA_H
#define TESSERAE_NODE_NODE_DATA_H

#include "base/sha256.h"
#include "dist/row_share.h"
#include "graph/graph.h"
#include "graph/label_table.h"
#include "graph/node_features.h"
#include "nn/feature_matrix.h"

enum feature_scaling {
    FEATURES_AS_THEY_ARE,
    FEATURES_ROWS, /* every row is divided by the sum of its absolute values */
    FEATURES_AUTO  /* rows where the features are counted words: not negative, one in eight or fewer
                      not 0, and resident; otherwise as they are */
};

/* Their names in that order, NULL-terminated: "none", "rows", "auto"; those of what is done to
 * features end before "auto". */
extern const char *const feature_scaling_names[];
extern const char *const feature_scaling_done_names[];

struct node_data_options {
    const char *edges;    /* CSV source,target[,weight]; NULL: no edges */
    const char *features; /* NPY or CSV, see node_features.h */
    const char *labels;   /* see label_table.h; NULL: nothing is known */
    const char *label_columns;
    const char *split_column;
    const struct names *classes; /* of a model, see label_table.h; NULL: those that are met */
    bool directed;
    size_t memory_limit; /* see struct node_data */
    bool reorder;  /* see order in struct node_data */
    bool resident; /* keep all features in memory, for training and predicting on the whole graph */
};

/* Free with node_data_free. */
struct node_data {
    struct graph graph; /* with the names; an edge that is listed again counts once */
    struct node_features features;
    struct label_table table;
    uint32_t *order;     /* (nodes): node i is the order[i]-th of the file, where they were put into
                            the order of Cuthill and McKee (graph/order.h); or NULL */
    size_t memory_limit; /* bytes of a layer's results that are held in memory when the whole graph
                            is predicted: more lie in a file (spill.h); 0: no limit */
    bool has_matrix;
    enum feature_scaling scaling; /* never FEATURES_AUTO */
    bool words; /* whether resident features are counted words: not negative, mostly 0 */
    struct feature_matrix matrix; /* (share.count, columns), scaled, of resident data */
    struct row_share share;       /* of the nodes among the ranks; all of them where there is one */
};

/*
 * Reads everything. EX_DATAERR, naming file and line or row: an edge or a label of a node without
 * features, a feature that is not finite, and what the parts' readers refuse. A node without an
 * edge is isolated, one without a label is only predicted.
 */
bool node_data_read(struct node_data *data, const struct node_data_options *options,
                    enum feature_scaling scaling, struct error *error);

/*
 * The same for a model that knows its classes, of several labels whether they exclude each other or
 * not, and the columns of its features: EX_DATAERR for other labels or another number of columns.
 */
bool node_data_read_for(struct node_data *data, const struct node_data_options *options,
                        enum feature_scaling scaling, const struct names *classes, bool several,
                        size_t columns, struct error *error);

/*
 * The scaled features of `count` nodes, listed or (nodes NULL) from `first` on, into values
 * (count, columns). False only when the file changed since it was opened.
 */
bool node_data_features(const struct node_data *data, const uint32_t *nodes, size_t first,
                        size_t count, real *values, struct error *error);

/*
 * A digest of what a training on these data depends on: the graph, the labels, the parts (nodes) of
 * a split, and resident features; of those that ranks share only the rest, so that all have the
 * same.
 */
void node_data_digest(const struct node_data *data, const uint8_t *parts, char text[SHA256_TEXT]);

/*
 * Names and values (nodes, columns) in the order of the file; free them with names_free and free().
 */
void node_data_in_file_order(const struct node_data *data, const real *values, size_t columns,
                             struct names *names, real **ordered);

void node_data_free(struct node_data *data);

#endif
