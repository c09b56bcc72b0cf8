/* Node names in a safetensors file. */
#ifndef TESSERAE_GRAPH_NAMES_TENSOR_H
#define TESSERAE_GRAPH_NAMES_TENSOR_H

#include "graph/names.h"
#include "io/safetensors.h"

#include <stdbool.h>

/* Adds the tensor node_names: the names one after the other, each ended by a zero byte. */
void names_save(const struct names *names, struct safetensors *file);

/*
 * Fills names, which must be empty, from that tensor. False when it is missing or damaged, or
 * holds a name twice.
 */
bool names_load(struct names *names, const struct safetensors *file);

#endif
