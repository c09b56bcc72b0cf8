/*
 * Splits: which items (nodes, rows) a model learns from, which choose among models, and which judge
 * the one that was chosen.
 */
#ifndef TESSERAE_GRAPH_SPLIT_H
#define TESSERAE_GRAPH_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum split_part { SPLIT_NONE, SPLIT_TRAIN, SPLIT_VALIDATION, SPLIT_TEST, SPLIT_PARTS };

/* "none", "train", "validation", "test": the words of reports and of split columns. */
extern const char *const split_part_names[SPLIT_PARTS];

/*
 * The part that a word of a split column names: those above, "valid" or "val", and "" for none.
 * False when it is none of them.
 */
bool split_part_from_name(const char *name, enum split_part *part);

/*
 * Parses "0.6,0.2,0.2", the shares of train, validation and test; what is left of 1 is in no part.
 * False unless there are three numbers of at least 0, the first above 0, with a sum of at most 1.
 */
bool split_parse_shares(const char *text, double shares[3]);

/*
 * A random split, stratified: of every class, and of all together, each part gets its share to
 * within one item. labels (items): the class of each, below `classes`; negative ones (no label) are
 * in no part. parts (items) is filled. The same seed gives the same split.
 */
void split_stratified(const int32_t *labels, size_t items, size_t classes, const double shares[3],
                      uint64_t seed, uint8_t *parts);

/* The items of a part, ascending; *count is how many. free() the result. */
uint32_t *split_items(const uint8_t *parts, size_t items, enum split_part part, size_t *count);

#endif
