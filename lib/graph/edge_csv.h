/* What edge lists and lists of pairs have in common: their first record may be a header. */
#ifndef TESSERAE_GRAPH_EDGE_CSV_H
#define TESSERAE_GRAPH_EDGE_CSV_H

#include "io/csv.h"

#include <stdbool.h>

/*
 * Whether a record of at least two fields begins with source,target (or from,to; src,dst;
 * parent,child; u,v; in any case).
 */
bool edge_csv_is_header(const struct csv_record *record);

#endif
