/*
 * Questions to a spacetime: how two events are related, how far apart they are in space, and how
 * deep one lies in the other's cone of light.
 */
#ifndef TESSERAE_SPACETIME_SPACETIME_QUERY_H
#define TESSERAE_SPACETIME_SPACETIME_QUERY_H

#include "graph/node_pairs.h"
#include "spacetime/spacetime_file.h"

/* The words for enum reachability_relation: apart, before, after, same. */
extern const char *const relation_names[];

/* Whether the answers are those of the graph; otherwise they are those of the times alone. */
bool spacetime_is_exact(const struct placed_spacetime *placed);

/*
 * What the answers are worth, as a phrase (causal_order_promise), also of unseen nodes. free() it.
 */
char *spacetime_promise(const struct placed_spacetime *placed);

/*
 * Adds the nodes of a table of features (see node_table_read) that the model does not know, placed
 * by its encoder. EX_USAGE when the model has no encoder, or no times for nodes that it has not
 * seen.
 */
bool spacetime_add_unseen(struct placed_spacetime *placed, const char *path, struct error *error);

/*
 * Pairs are of names, by their places in placed->names. relations (count): of enum
 * reachability_relation, the source to the target; SAME for two names of one node. Threaded.
 */
void spacetime_relate(const struct placed_spacetime *placed, const struct node_pair *pairs,
                      size_t count, uint8_t *relations);

/* The distances in space (count). Threaded. */
void spacetime_measure(const struct placed_spacetime *placed, const struct node_pair *pairs,
                       size_t count, float *distances);

/*
 * intervals (count): the least difference of the times, the target's less the source's, where it is
 * positive (target within the source's future); minus that of the reverse, where that is; else 0.
 */
void spacetime_intervals(const struct placed_spacetime *placed, const struct node_pair *pairs,
                         size_t count, float *intervals);

#endif
