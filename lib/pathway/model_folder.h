/*
 * The folder of a model:
 *
 *     router.safetensors       the tree
 *     cells.csv, cell-0000.csv, ...   what leaves are trained from (cells.h)
 *     seed.safetensors         where leaves start
 *     leaf-0000.safetensors, ...      the leaves
 */
#ifndef TESSERAE_PATHWAY_MODEL_FOLDER_H
#define TESSERAE_PATHWAY_MODEL_FOLDER_H

#include "pathway/leaf.h"
#include "pathway/router.h"

/* Paths in it; free() them. */
char *model_folder_router(const char *folder);
char *model_folder_seed(const char *folder);
char *model_folder_leaf(const char *folder, size_t leaf);

/*
 * The folder of the cell that a path such as DIR/cell-0007.csv names (free() it), and its number;
 * NULL where the path is not called so.
 */
char *model_folder_of_cell(const char *path, size_t *number);

bool path_is_folder(const char *path);

/* The router of a model: of its folder, or the file of a router. */
bool model_folder_load_router(const char *path, struct router *router, struct error *error);

/*
 * The same for prediction, where the path may also be the file of a single leaf or seed: its router
 * has one leaf.
 */
bool model_folder_load_pathway(const char *path, struct router *router, struct error *error);

#endif
