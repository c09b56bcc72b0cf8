#include "base/threads.h"

#include <omp.h>

size_t threads_for(size_t work, size_t least)
{
    size_t most = (size_t)omp_get_max_threads();
    size_t worth = work / (least ? least : 1);
    if (worth < 1)
        return 1;
    return worth < most ? worth : most;
}
