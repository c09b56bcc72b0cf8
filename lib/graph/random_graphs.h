/* Generators of random graphs. The same state of the generator gives the same edges. */
#ifndef TESSERAE_GRAPH_RANDOM_GRAPHS_H
#define TESSERAE_GRAPH_RANDOM_GRAPHS_H

#include "base/rng.h"
#include "graph/generators.h"

/*
 * G(n, p): every pair of nodes (every ordered pair where directed) is an edge with the given
 * probability, independently. O(nodes + edges): pairs that are no edges are skipped at once
 * (Batagelj and Brandes, "Efficient generation of large random networks", Phys. Rev. E 2005).
 */
void generate_erdos_renyi(struct edge_list *list, size_t nodes, double probability, bool directed,
                          struct rng *rng);

/*
 * Preferential attachment: a star of attach + 1 nodes, then every node is joined to `attach`
 * distinct earlier ones, chosen with probability proportional to their degrees (Barabasi and
 * Albert, Science 1999). attach (nodes - attach) edges; 1 <= attach < nodes.
 */
void generate_barabasi_albert(struct edge_list *list, size_t nodes, size_t attach, struct rng *rng);

/*
 * Small world: a ring where every node is joined to its `neighbours` nearest ones (even, below
 * nodes), and the far end of every edge is moved to a random node with probability `rewire`,
 * unless that edge is there (Watts and Strogatz, Nature 1998). nodes neighbours / 2 edges.
 */
void generate_watts_strogatz(struct edge_list *list, size_t nodes, size_t neighbours, double rewire,
                             struct rng *rng);

/*
 * Acyclic: the nodes are put in a random order, and every pair is an edge, from the earlier to the
 * later one, with the given probability.
 */
void generate_random_dag(struct edge_list *list, size_t nodes, double probability, struct rng *rng);

/*
 * Stochastic block model: nodes in `blocks` groups of equal size (within one), joined with
 * probability `within` their group and `between` groups. labels (nodes), when not NULL, receives
 * the group of every node; groups are contiguous.
 */
void generate_stochastic_block(struct edge_list *list, size_t nodes, size_t blocks, double within,
                               double between, bool directed, struct rng *rng, uint32_t *labels);

#endif
