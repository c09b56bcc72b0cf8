/* Tagging: rows of a stream with the leaf that each goes to, and its margin, in front. */
#ifndef TESSERAE_PATHWAY_TAGGING_H
#define TESSERAE_PATHWAY_TAGGING_H

#include "pathway/router.h"

struct tagging {
    const struct router *router;
    size_t rows;       /* written */
    double margin_sum;
};

/*
 * Writes each row of the stream, as it stands there, behind "leaf,margin"; with a header where the
 * stream has one. In bounded memory.
 */
bool tag_rows(struct tagging *tagging, struct stream *stream, struct output *output,
              struct error *error);

#endif
