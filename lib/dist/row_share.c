#include "dist/row_share.h"

#include "base/memory.h"
#include "dist/ranks.h"

#include <stdlib.h>

void row_share_make(struct row_share *share, size_t rows)
{
    size_t ranks = (size_t)ranks_count(), own = (size_t)ranks_rank();
    if (!share->firsts)
        share->firsts = memory_alloc(ranks + 1, sizeof *share->firsts);
    for (size_t rank = 0; rank <= ranks; rank++)
        share->firsts[rank] = rows * rank / ranks;
    share->rows = rows;
    share->ranks = ranks;
    share->first = share->firsts[own];
    share->count = share->firsts[own + 1] - share->first;
}

void row_share_gather(const struct row_share *share, void *all, size_t bytes)
{
    for (size_t rank = 0; share->ranks > 1 && rank < share->ranks; rank++) {
        size_t first = share->firsts[rank], end = share->firsts[rank + 1];
        ranks_broadcast((char *)all + first * bytes, (end - first) * bytes, (int)rank);
    }
}

void row_share_free(struct row_share *share)
{
    free(share->firsts);
    *share = (struct row_share){0};
}
