#include "base/threads.h"

#include <omp.h>
#include <stdint.h>
#ifdef __SSE__
#include <xmmintrin.h>
#endif

size_t threads_for(size_t work, size_t least)
{
    size_t most = (size_t)omp_get_max_threads();
    size_t worth = work / (least ? least : 1);
    if (worth < 1)
        return 1;
    return worth < most ? worth : most;
}

/* Of the thread that calls. */
static bool flush_here(bool flush)
{
#if defined __SSE__
    const unsigned flags = 0x8040; /* flush to zero, denormals are zero */
    unsigned before = _mm_getcsr();
    _mm_setcsr(flush ? before | flags : before & ~flags);
    return (before & flags) == flags;
#elif defined __aarch64__
    const uint64_t flag = (uint64_t)1 << 24; /* FZ */
    uint64_t before;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before));
    __asm__ volatile("msr fpcr, %0" : : "r"(flush ? before | flag : before & ~flag));
    return (before & flag) != 0;
#else
    (void)flush;
    return false;
#endif
}

bool threads_flush_subnormals(bool flush)
{
    bool before = flush_here(flush);
#pragma omp parallel
    flush_here(flush);
    return before;
}
